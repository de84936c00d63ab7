# Changes a mailbox's password by the addresses of a cPanel server, with Ruby's own net/http:
# client.rb WAY HOST:PORT CA-FILE; SECRET is a token or a password, PASSWORD the mailbox's new one.
require 'json'
require 'net/http'

def token(host, ca, token, password)
  uri = URI("https://#{host}/json-api/cpanel")
  request = Net::HTTP::Post.new(uri, 'Authorization' => "whm root:#{token}")
  request.set_form_data(
    'cpanel_jsonapi_user' => 'bob',
    'cpanel_jsonapi_apiversion' => 2,
    'cpanel_jsonapi_module' => 'Email',
    'cpanel_jsonapi_func' => 'passwdpop',
    'domain' => 'example.com',
    'email' => 'user',
    'password' => password
  )
  answer = Net::HTTP.start(uri.host, uri.port, use_ssl: true, ca_file: ca) { |http| http.request(request) }
  answer.value # raises what is not a success
  answer.body
end

def post(host, ca, path, fields, headers = {})
  uri = URI("https://#{host}#{path}")
  request = Net::HTTP::Post.new(uri, headers)
  request.set_form_data(fields)
  yield request if block_given?
  answer = Net::HTTP.start(uri.host, uri.port, use_ssl: true, ca_file: ca) { |http| http.request(request) }
  answer.value
  answer
end

def basic(host, ca, secret, password)
  fields = { 'email' => 'user@example.com', 'password' => password }
  post(host, ca, '/execute/Email/passwd_pop', fields) { |request| request.basic_auth('bob', secret) }.body
end

def session(host, ca, secret, password)
  login = post(host, ca, '/login/?login_only=1', 'user' => 'bob', 'pass' => secret)
  path = "#{JSON.parse(login.body)['security_token']}/execute/Email/passwd_pop"
  fields = { 'email' => 'user@example.com', 'password' => password }
  post(host, ca, path, fields, 'Cookie' => login['Set-Cookie'].split(';').first).body
end

way, host, ca = ARGV
puts send(way, host, ca, ENV.fetch('SECRET'), ENV.fetch('PASSWORD'))
