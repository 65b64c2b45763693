require "openssl"

# Rails: request.raw_post and request.env. Rack: env["rack.input"].read and env.
def verify(raw_body, env, secret, now = Time.now.to_i)
  parts = env.fetch("{CGI}", "").split(",").map { |part| part.split("=", 2) }
  times = parts.select { |key, _| key == "t" }.map(&:last)
  return false unless times.length == 1 && times[0].match?(/\A[0-9]{1,12}\z/)

  expected = OpenSSL::HMAC.hexdigest("SHA256", secret, "#{times[0]}.".b + raw_body.b)
  given = parts.select { |key, value| key == "v1" && value }.map { |_, value| value.downcase }
  matches = given.any? { |value| OpenSSL.secure_compare(expected, value) }
  matches && (now - times[0].to_i).abs <= 300
end
