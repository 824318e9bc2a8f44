// What a server of either TypeScript SDK needs to keep sessions over HTTP.

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Refuses other names than this computer's. */
export function local(request, response) {
  const origin = request.headers.origin?.replace(/^https?:\/\//, "");
  if (LOCAL.test(request.headers.host ?? "") && (origin === undefined || LOCAL.test(origin))) return true;
  response.writeHead(403).end();
  return false;
}

/** One transport for each session: `make(options)` makes it, `connect(transport)` gives it a server. */
export function session(make, connect) {
  const sessions = new Map();
  return async (request, response, body) => {
    const id = request.headers["mcp-session-id"];
    let transport = sessions.get(id);
    if (!transport && id !== undefined) return response.writeHead(404).end();
    if (!transport) {
      transport = make({
        eventStore: new Events(),
        retryInterval: 100,
        onsessioninitialized: (id) => sessions.set(id, transport),
        onsessionclosed: (id) => sessions.delete(id),
      });
      await connect(transport);
    }
    await transport.handleRequest(request, response, body);
  };
}

/** Keeps what was said on each stream, so that a client that dropped can have it again. */
class Events {
  #events = [];

  async storeEvent(stream, message) {
    this.#events.push({ stream, message });
    return String(this.#events.length);
  }

  async getStreamIdForEventId(id) {
    return this.#events[Number(id) - 1]?.stream;
  }

  async replayEventsAfter(last, { send }) {
    const { stream } = this.#events[Number(last) - 1] ?? {};
    for (const [at, event] of this.#events.entries()) {
      const said = Object.keys(event.message).length > 0;
      if (event.stream === stream && at >= Number(last) && said) await send(String(at + 1), event.message);
    }
    return stream;
  }
}
