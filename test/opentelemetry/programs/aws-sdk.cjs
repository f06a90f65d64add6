const { AwsInstrumentation } = require('@opentelemetry/instrumentation-aws-sdk');
const { createServer } = require('node:http');
const { createHash } = require('node:crypto');
const { called, failing, run } = require('./run.cjs');

const BUCKETS =
  '<?xml version="1.0"?><ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets/>' +
  '</ListAllMyBucketsResult>';
const NO_KEY = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>gone</Message></Error>';
const sent = [];

/** What S3 and SQS answer, as far as it is asked for. */
const endpoint = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.headers['x-amz-target'] === 'AmazonSQS.SendMessage') {
    const message = JSON.parse(Buffer.concat(chunks).toString());
    sent.push(message);
    const MD5OfMessageBody = createHash('md5').update(message.MessageBody).digest('hex');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody }));
    return;
  }
  response.setHeader('content-type', 'application/xml');
  const isList = new URL(request.url, 'http://s3').pathname === '/';
  response.statusCode = isList ? 200 : 404;
  response.end(isList ? BUCKETS : NO_KEY);
});

const listen = () => called((done) => endpoint.listen(0, '127.0.0.1', done));
const close = async () => {
  await called((done) => endpoint.close(done));
  if (!sent[0]?.MessageAttributes?.['mockpfx-ids-traceid']) {
    throw new Error(`The message was sent without the trace: ${JSON.stringify(sent)}`);
  }
};

run(
  [new AwsInstrumentation()],
  async () => {
    const { GetObjectCommand, ListBucketsCommand, S3Client } = require('@aws-sdk/client-s3');
    const { SendMessageCommand, SQSClient } = require('@aws-sdk/client-sqs');
    const config = {
      endpoint: `http://127.0.0.1:${endpoint.address().port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    };
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    await s3.send(new ListBucketsCommand({}));
    await failing(s3.send(new GetObjectCommand({ Bucket: 'dishes', Key: 'soup' })));
    const sqs = new SQSClient(config);
    const QueueUrl = `${config.endpoint}/1/orders`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'soup' }));
    s3.destroy();
    sqs.destroy();
  },
  { before: listen, after: close },
);
