const names = [
  "agent",
  "pfx",
  "key",
  "passphrase",
  "cert",
  "ca",
  "ciphers",
  "rejectUnauthorized",
  "checkServerIdentity",
  "localAddress",
  "family",
  "lookup"
];
function nodeOptions(opts, more = []) {
  const picked = {};
  for (const name of [...names, ...more]) {
    const value = opts[name];
    if (value != null) picked[name] = value;
  }
  return picked;
}
function nodeHeaders(opts, cookieJar) {
  const headers = { ...opts.extraHeaders };
  const cookies = cookieJar?.header();
  if (cookies) {
    const name = Object.keys(headers).find((key) => key.toLowerCase() == "cookie") || "cookie";
    headers[name] = headers[name] ? `${headers[name]}; ${cookies}` : cookies;
  }
  return headers;
}
export {
  nodeHeaders,
  nodeOptions
};
