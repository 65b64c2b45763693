require "base64"
require "openssl"

# Rails: request.raw_post and request.env. Rack: env["rack.input"].read and env.
def verify(raw_body, env, secret, now = Time.now.to_i)
  key = secret.start_with?("whsec_") ? Base64.strict_decode64(secret.delete_prefix("whsec_")) : secret
  id = env.fetch("{CGI_FAMILY}_ID", "")
  time = env.fetch("{CGI_FAMILY}_TIMESTAMP", "")
  return false unless !id.empty? && time.match?(/\A[0-9]{1,12}\z/)

  digest = OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{time}.".b + raw_body.b)
  expected = "v1,#{Base64.strict_encode64(digest)}"
  matches = env.fetch("{CGI}", "").split(" ").any? { |value| OpenSSL.secure_compare(expected, value) }
  matches && (now - time.to_i).abs <= 300
end
