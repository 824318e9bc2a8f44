// The official conformance suite has no place for a token. This stands before an endpoint and adds it, no more:
//
//   node front.mjs URL < TOKEN
//
// It prints its own address. A request for that address becomes one for the endpoint's; any other Host or Origin is
// left as it is, for the endpoint is to refuse it.

import { createServer, request as ask } from "node:http";

const target = new URL(process.argv[2]);
const token = (await new Response(process.stdin).text()).trim();

const server = createServer((request, response) => {
  const own = `127.0.0.1:${server.address().port}`;
  const theirs = { [own]: target.host, [`http://${own}`]: target.origin };
  const headers = request.rawHeaders.map((word, at) => {
    const name = at % 2 === 1 && request.rawHeaders[at - 1].toLowerCase();
    return name === "host" || name === "origin" ? (theirs[word] ?? word) : word;
  });
  const { hostname, port } = target;
  const onward = ask({ hostname, port, path: request.url, method: request.method, headers: [...headers, "Authorization", `Bearer ${token}`] });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});
server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}${target.pathname}`));
