// A server that speaks MongoDB's wire protocol as far as one client asks: it greets, takes documents,
// and finds one. Source: MongoDB Specifications, "OP_MSG" and "Legacy Opcodes".
const { createServer } = require('node:net');
const { deserialize, Long, serialize } = require('bson');

const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const HELLO = {
  ismaster: true,
  isWritablePrimary: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
};

/** The answer to a command; its name is the first key. */
function answer(command) {
  const [name] = Object.keys(command);
  const ns = `${command.$db}.${command[name]}`;
  switch (name.toLowerCase()) {
    case 'hello':
    case 'ismaster':
      return HELLO;
    case 'insert':
      return { n: 1, ok: 1 };
    case 'find':
      return { cursor: { id: Long.ZERO, ns, firstBatch: [{ name: 'soup' }] }, ok: 1 };
    case 'aggregate':
      return { ok: 0, code: 40324, codeName: 'Location40324', errmsg: 'Unrecognized stage' };
    default:
      return { ok: 1 };
  }
}

function reply(message) {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OP_QUERY) {
    const start = message.indexOf(0, HEADER_BYTES + 4) + 1 + 8;
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return frame(OP_REPLY, requestId, head, answer(deserialize(message.subarray(start))));
  }
  if (opCode !== OP_MSG) {
    throw new Error(`An operation that is not known here: ${opCode}`);
  }
  const start = HEADER_BYTES + 4 + 1;
  const body = message.subarray(start, start + message.readInt32LE(start));
  return frame(OP_MSG, requestId, Buffer.alloc(5), answer(deserialize(body)));
}

function frame(opCode, responseTo, head, document) {
  const body = Buffer.concat([head, serialize(document)]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** @returns {Promise<{ port: number, close: () => Promise<void> }>} */
exports.startMongo = async () => {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        socket.write(reply(received.subarray(0, length)));
        received = received.subarray(length);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
