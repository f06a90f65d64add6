// A broker that speaks Kafka's protocol as far as one producer and one consumer ask: one topic with one
// partition, which keeps the batch that it was sent. Source: Apache Kafka, "A Guide To The Kafka Protocol".
const { createServer } = require('node:net');

const NODE = 1;
const MEMBER = 'the only member';
const FETCH_WAIT_MS = 20;

/** The requests that are answered, each in one version: by number, name and that version. */
const APIS = new Map([
  [0, { version: 3, answer: produce }],
  [1, { version: 4, answer: fetchRecords }],
  [2, { version: 1, answer: listOffsets }],
  [3, { version: 0, answer: metadata }],
  [8, { version: 2, answer: offsetCommit }],
  [9, { version: 1, answer: offsetFetch }],
  [10, { version: 0, answer: findCoordinator }],
  [11, { version: 0, answer: joinGroup }],
  [12, { version: 0, answer: (_request, response) => response.int16(0) }],
  [13, { version: 0, answer: (_request, response) => response.int16(0) }],
  [14, { version: 0, answer: syncGroup }],
  [18, { version: 0, answer: apiVersions }],
]);

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  skip(count) {
    this.at += count;
    return this;
  }
  int16() {
    return this.skip(2).bytes.readInt16BE(this.at - 2);
  }
  int32() {
    return this.skip(4).bytes.readInt32BE(this.at - 4);
  }
  int64() {
    return this.skip(8).bytes.readBigInt64BE(this.at - 8);
  }
  string() {
    const length = Math.max(this.int16(), 0);
    return this.skip(length).bytes.toString('utf8', this.at - length, this.at);
  }
  buffer() {
    const length = Math.max(this.int32(), 0);
    return this.skip(length).bytes.subarray(this.at - length, this.at);
  }
  array(read) {
    return Array.from({ length: this.int32() }, () => read(this));
  }
}

class Writer {
  constructor() {
    this.chunks = [];
  }
  _number(size, write) {
    const bytes = Buffer.alloc(size);
    write(bytes);
    this.chunks.push(bytes);
    return this;
  }
  int16(value) {
    return this._number(2, (bytes) => bytes.writeInt16BE(value));
  }
  int32(value) {
    return this._number(4, (bytes) => bytes.writeInt32BE(value));
  }
  int64(value) {
    return this._number(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
  }
  string(value) {
    this.int16(Buffer.byteLength(value)).chunks.push(Buffer.from(value));
    return this;
  }
  buffer(value) {
    this.int32(value.length).chunks.push(value);
    return this;
  }
  array(values, write) {
    this.int32(values.length);
    for (const value of values) write(value);
    return this;
  }
  bytes() {
    return Buffer.concat(this.chunks);
  }
}

function apiVersions(_request, response) {
  response.int16(0).array([...APIS], ([key, { version }]) => {
    response.int16(key).int16(version).int16(version);
  });
}

function metadata(request, response, broker) {
  const topics = request.array(() => request.string());
  response.array([broker], ({ port }) => response.int32(NODE).string('127.0.0.1').int32(port));
  response.array(topics, (topic) => {
    response
      .int16(0)
      .string(topic)
      .array([0], (partition) => {
        response.int16(0).int32(partition).int32(NODE);
        response.array([NODE], (node) => response.int32(node));
        response.array([NODE], (node) => response.int32(node));
      });
  });
}

/** A topic with what `read` reads of each of its partitions. */
function topicsOf(request, read) {
  return request.array(() => [
    request.string(),
    request.array(() => ({ partition: request.int32(), ...read() })),
  ]);
}

function writeTopics(response, topics, write) {
  response.array(topics, ([topic, partitions]) => {
    response.string(topic).array(partitions, ({ partition, ...read }) => {
      response.int32(partition);
      write(read);
    });
  });
}

function produce(request, response, broker) {
  request.string();
  request.skip(2 + 4);
  const topics = topicsOf(request, () => ({ records: request.buffer() }));
  writeTopics(response, topics, ({ records }) => {
    broker.records = Buffer.from(records);
    response.int16(0).int64(0).int64(-1);
  });
  response.int32(0);
}

function fetchRecords(request, response, broker) {
  request.skip(4 + 4 + 4 + 4 + 1);
  const topics = topicsOf(request, () => {
    const offset = request.int64();
    request.skip(4);
    return { offset };
  });
  response.int32(0);
  let found = false;
  writeTopics(response, topics, ({ offset }) => {
    const records = offset === 0n ? broker.records : Buffer.alloc(0);
    found ||= records.length > 0;
    response.int16(0).int64(1).int64(1).int32(0).buffer(records);
  });
  return found ? 0 : FETCH_WAIT_MS;
}

function listOffsets(request, response) {
  request.skip(4);
  writeTopics(
    response,
    topicsOf(request, () => ({ time: request.int64() })),
    ({ time }) => {
      response
        .int16(0)
        .int64(-1)
        .int64(time === -2n ? 0 : 1);
    },
  );
}

function offsetCommit(request, response) {
  request.string();
  request.int32();
  request.string();
  request.int64();
  const topics = topicsOf(request, () => ({ at: request.int64(), about: request.string() }));
  writeTopics(response, topics, () => response.int16(0));
}

function offsetFetch(request, response) {
  request.string();
  writeTopics(
    response,
    topicsOf(request, () => ({})),
    () => {
      response.int64(-1).string('').int16(0);
    },
  );
}

function findCoordinator(_request, response, { port }) {
  response.int16(0).int32(NODE).string('127.0.0.1').int32(port);
}

function joinGroup(request, response) {
  request.string();
  request.int32();
  request.string();
  request.string();
  const [[protocol, about]] = request.array(() => [request.string(), request.buffer()]);
  response.int16(0).int32(1).string(protocol).string(MEMBER).string(MEMBER);
  response.array([MEMBER], (member) => response.string(member).buffer(about));
}

function syncGroup(request, response) {
  request.string();
  request.int32();
  request.string();
  const assignments = request.array(() => [request.string(), request.buffer()]);
  response.int16(0).buffer(assignments[0]?.[1] ?? Buffer.alloc(0));
}

function answer(message, socket, broker) {
  const request = new Reader(message);
  const key = request.int16();
  request.int16();
  const correlation = request.int32();
  request.string();
  const response = new Writer().int32(correlation);
  const wait = APIS.get(key).answer(request, response, broker) || 0;
  setTimeout(() => {
    if (!socket.destroyed) socket.write(new Writer().buffer(response.bytes()).bytes());
  }, wait);
}

/** @returns {Promise<{ port: number, close: () => Promise<void> }>} */
exports.startKafka = async () => {
  const sockets = new Set();
  const broker = { port: 0, records: Buffer.alloc(0) };
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= received.readInt32BE(0) + 4) {
        const end = received.readInt32BE(0) + 4;
        answer(received.subarray(4, end), socket, broker);
        received = received.subarray(end);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  broker.port = server.address().port;
  return {
    port: broker.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
