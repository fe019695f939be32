// The peer in Node: http on both sides, a keep-alive agent without a limit on sockets.
//
// Usage: node server.js PORT UPSTREAM-HOST UPSTREAM-PORT
"use strict";

const { randomBytes } = require("node:crypto");
const http = require("node:http");

const names = ["a", "b", "c", "d", "e"];
const routeTimeout = 2000; // milliseconds, what the gateway's route has

// By default an agent keeps 256 idle sockets: at 1,000 connections a fan-out would connect anew for most calls.
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity, scheduling: "lifo" });

/** Fetches one part and hands its text to `done`; the text is checked as JSON but passed through as it came. */
function fetchPart(upstream, path, headers, done) {
  let settled = false;
  const settle = (error, text) => {
    if (settled) return;
    settled = true;
    done(error, text);
  };
  const request = http.get({ ...upstream, path, headers, agent, timeout: routeTimeout }, (response) => {
    const chunks = [];
    response.on("data", (chunk) => chunks.push(chunk));
    response.on("error", settle);
    response.on("end", () => {
      if (response.statusCode !== 200) return settle(new Error(`${path} answered ${response.statusCode}`));
      const text = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString("utf8");
      try {
        JSON.parse(text);
      } catch (error) {
        return settle(error);
      }
      settle(null, text);
    });
  });
  request.on("timeout", () => request.destroy(new Error(`${path} timed out`)));
  request.on("error", settle);
}

function answerPage(upstream, response) {
  const parts = new Array(names.length);
  let waiting = names.length;
  let failure = null;
  // As the gateway does: each call of a page takes its id along.
  const headers = { "User-Agent": "peer/1.0.0", "X-Request-Id": randomBytes(16).toString("hex") };
  names.forEach((name, index) => {
    fetchPart(upstream, `/${name}`, headers, (error, text) => {
      failure ??= error;
      parts[index] = `"${name}":${text}`;
      waiting -= 1;
      if (waiting > 0) return;
      const body = failure ? String(failure.message) : `{${parts.join(",")}}`;
      response.writeHead(failure ? 502 : 200, {
        "Content-Type": failure ? "text/plain" : "application/json",
        "Content-Length": Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
}

const [port, host, upstreamPort] = process.argv.slice(2);
if (!upstreamPort) {
  console.error("usage: node server.js PORT UPSTREAM-HOST UPSTREAM-PORT");
  process.exit(64);
}
const upstream = { host, port: Number(upstreamPort) };
const server = http.createServer((request, response) => {
  if (request.url === "/page") return answerPage(upstream, response);
  response.writeHead(404).end();
});
server.keepAliveTimeout = 75000;
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
