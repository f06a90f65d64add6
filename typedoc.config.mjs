import { readFileSync } from 'node:fs';
import { site } from './scripts/typedoc-site.mjs';

/** The guides, in the order in which they are read. */
const guides = [
  'express',
  'fastify',
  'koa',
  'hono',
  'concepts',
  'inbound',
  'outbound',
  'browser',
  'functions',
  'workers',
  'logging',
  'exporting',
  'scopes',
  'lost-context',
  'tracer',
  'delivery',
  'spool',
  'testing',
  'writing-a-tracer',
  'migrating-from-opentracing-0.14',
  'migrating-from-python',
  'moving-to-opentelemetry',
  'choosing',
  'opentelemetry',
];

/** The reference of every subpath that a package exports, and the documents, as one site. */
export default {
  name: 'OpenTracing for TypeScript',
  out: 'docs/site',
  entryPoints: ['opentracing', 'viewer'].flatMap(sources),
  projectDocuments: [
    ...guides.map((name) => `docs/guides/${name}.md`),
    'docs/runtimes.md',
    'docs/configuration.md',
    'docs/production.md',
    'docs/benchmarks.md',
    'docs/interop.md',
    'testbed/README.md',
    'testbed/*/README.md',
    'packages/opentracing/README.md',
    'packages/compat/README.md',
    'packages/viewer/README.md',
    'ARCHITECTURE.md',
    'RATIONALE.md',
    'CONTRIBUTING.md',
  ],
  readme: 'docs/index.md',
  headings: { readme: false },
  customCss: 'scripts/typedoc-site.css',
  favicon: 'packages/viewer/src/page/icon.svg',
  tsconfig: 'tsconfig.docs.json',
  plugin: [site],
  emit: 'none',
  disableSources: true,
  excludeInternal: true,
  hideGenerator: true,
  searchInDocuments: true,
  useFirstParagraphOfCommentAsSummary: true,
  // The order is that of the lists above, and of `exports`.
  sortEntryPoints: false,
  categorizeByGroup: false,
  defaultCategory: 'Reference',
  categoryOrder: ['none', 'Reference', 'Testbed', 'Project'],
  navigation: { includeCategories: true },
  highlightLanguages: ['bash', 'diff', 'javascript', 'json', 'typescript'],
  ignoredHighlightLanguages: ['text'],
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};

/** The source of each subpath in the `exports` of a package. */
function sources(/** @type {string} */ folder) {
  const { exports } = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'));
  return Object.values(exports)
    .map((target) => target.import?.types ?? target.types)
    .filter((types) => types !== undefined)
    .map((types) => types.replace(/^\.\/dist\/(esm\/)?(.*)\.d\.ts$/, 'src/$2.ts'))
    .map((path) => `packages/${folder}/${path}`);
}
