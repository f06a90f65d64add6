// The files with which the spans of a program go to other systems. There are no containers here to
// start them: the tests read them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { WORKSPACE } from './support/run.js';

/** What the tests look at in a service of a compose file. */
interface Service {
  image: string;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
}

const FOLDER = join(WORKSPACE, 'examples/deploy');
const files = readdirSync(FOLDER);
const compose = files.filter((name) => name.endsWith('.compose.yaml'));

const read = (name: string) =>
  parse(readFileSync(join(FOLDER, name), 'utf8'), { strict: true, uniqueKeys: true });

describe.each(compose)('%s', (name) => {
  const { services, volumes = {} } = read(name) as {
    services: Record<string, Service>;
    volumes?: Record<string, null>;
  };
  const all = Object.values(services);

  it('has images with a version', () => {
    for (const { image } of all) expect(image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?$/);
  });

  it('opens its ports to this machine alone, each once', () => {
    const ports = all.flatMap((service) => service.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const own = ports.map((port) => port.split(':')[1]);
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own).size).toBe(own.length);
  });

  it('mounts files and volumes that are there', () => {
    for (const mount of all.flatMap((service) => service.volumes ?? [])) {
      const [source = ''] = mount.split(':');
      if (source.startsWith('./')) expect(files).toContain(source.slice(2));
      else expect(volumes).toHaveProperty(source);
    }
  });

  it('waits for services that can say whether they are ready', () => {
    for (const [other, { condition }] of all.flatMap(({ depends_on = {} }) =>
      Object.entries(depends_on),
    )) {
      expect(condition).toBe('service_healthy');
      expect(services[other]?.healthcheck).toBeDefined();
    }
  });

  it('says at which addresses it takes spans, which are open', () => {
    const [comment = ''] = readFileSync(join(FOLDER, name), 'utf8').split('\nservices:');
    const told = [...comment.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port);
    const ports = all.flatMap((service) => service.ports ?? []).map((port) => port.split(':')[1]);
    expect(told.length).toBeGreaterThan(0);
    for (const port of told) expect(ports).toContain(port);
  });
});

it.each(files.filter((name) => name.endsWith('.yaml')))('can be read: %s', (name) => {
  expect(read(name)).toBeTypeOf('object');
});

it('is all in the guide', () => {
  const guide = readFileSync(join(WORKSPACE, 'docs/production.md'), 'utf8');
  for (const name of files.filter((file) => !file.startsWith('grafana'))) {
    expect(guide).toContain(`\`${name}\``);
  }
});

it.each(['jaeger.yaml', 'collector-to-kafka.yaml', 'collector-from-kafka.yaml'])(
  'uses in its pipelines what it configures, and nothing else: %s',
  (name) => {
    const { service, ...config } = read(name);
    for (const kind of ['receivers', 'processors', 'exporters']) {
      expect([...service.pipelines.traces[kind]].sort()).toEqual(Object.keys(config[kind]).sort());
    }
    expect(service.extensions ?? []).toEqual(Object.keys(config.extensions ?? {}));
  },
);
