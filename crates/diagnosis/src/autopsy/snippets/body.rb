[BASE64]require "base64"
require "openssl"

# Rails: request.raw_post and request.env. Rack: env["rack.input"].read and env.
def verify(raw_body, env, secret)
[HEX]  expected = "{PREFIX}" + OpenSSL::HMAC.hexdigest("SHA256", secret, raw_body)
[HEX]  OpenSSL.secure_compare(expected, env.fetch("{CGI}", "").downcase)
[BASE64]  expected = Base64.strict_encode64(OpenSSL::HMAC.digest("SHA256", secret, raw_body))
[BASE64]  OpenSSL.secure_compare(expected, env.fetch("{CGI}", ""))
end
