const pattern = /^(?:(\w+):\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;
function url(uri, path = "", loc) {
  loc || (loc = typeof location != "undefined" ? location : { protocol: "https:", host: "localhost" });
  let source = uri ?? `${loc.protocol}//${loc.host}`;
  if (source.startsWith("//")) source = loc.protocol + source;
  else if (source.startsWith("/")) source = loc.host + source;
  if (!/^(https?|wss?):\/\//.test(source)) source = `${loc.protocol}//${source}`;
  const [, protocol = "", ipv6, name = "", port, nsp, query] = pattern.exec(source);
  const parsed = {
    source,
    protocol,
    host: ipv6 ?? name,
    port: port || (/s$/.test(protocol) ? "443" : "80"),
    path: nsp || "/",
    query: query ? parseQuery(query) : void 0,
    id: ""
  };
  parsed.id = `${protocol}://${hostInUrl(parsed.host)}:${parsed.port}${path}`;
  return parsed;
}
function hostInUrl(host) {
  return host.includes(":") ? `[${host}]` : host;
}
function parseQuery(query) {
  return Object.fromEntries(
    query.split("&").map((pair) => {
      const [name, ...value] = pair.split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
    })
  );
}
function encodeQuery(query) {
  return Object.keys(query).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(query[name]))}`).join("&");
}
export {
  encodeQuery,
  hostInUrl,
  parseQuery,
  url
};
