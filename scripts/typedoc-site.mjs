// What makes of TypeDoc's output a site: a module is called what a program imports, a document what its
// heading says, and the names of the reference are links wherever a text has them as code.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Converter, PageEvent, ReflectionKind, Renderer } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function site(app) {
  /** @type {import('typedoc').DocumentReflection[]} */
  const documents = [];

  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (reflection.kind === ReflectionKind.Module) {
      reflection.name = importPath(reflection.name);
    }
  });
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    document.frontmatter.category = categoryOf(document.name);
    document.name = basename(document.name.replace(/\/README$/, ''));
    documents.push(document);
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const targets = linkTargets(project);
    for (const document of documents) {
      document.content = withLinks(document.content, targets, namesElsewhere(document.name));
    }
    project.readme = project.readme && withLinks(project.readme, targets);
    for (const { comment } of Object.values(project.reflections).filter(isOfLibrary)) {
      if (comment !== undefined) {
        comment.summary = withLinks(comment.summary, targets);
        for (const tag of comment.blockTags) tag.content = withLinks(tag.content, targets);
      }
    }
    // The underscore says to the compiler that a method which does nothing does not use it.
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      parameter.name = parameter.name.replace(/^_(?=[a-z])/, '');
    }
  });
  // The addresses of the pages are made by then, of the short names.
  app.renderer.on(Renderer.EVENT_BEGIN, () => {
    for (const document of documents) {
      document.name = headingOf(document.content) ?? document.name;
    }
  });
  // What scrolls has to be reached by the keyboard.
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents
      ?.replaceAll('<table>', '<div class="table" tabindex="0"><table>')
      .replaceAll('</table>', '</table></div>');
  });
}

/** @param {string} path - of a document in the workspace */
function categoryOf(path) {
  // Those of no category stand first in the navigation, and not under a heading.
  if (path.startsWith('docs/')) return 'none';
  return path.startsWith('testbed/') ? 'Testbed' : 'Project';
}

/**
 * Which names of a document are those of another library, by the name and the text before it in its line:
 * on the page of the drop-in all but modules and scope managers, and the first column of a guide to
 * migrating.
 *
 * @param {string} document
 * @returns {(name: string, before: string) => boolean}
 */
function namesElsewhere(document) {
  if (document === 'compat') return (name) => !/\/|.ScopeManager$/.test(name);
  return (_name, before) => document.startsWith('migrating-') && /^\|[^|]*$/.test(before);
}

/** @param {import('typedoc').Reflection} reflection - the viewer has a `Span` of its own */
function isOfLibrary(reflection) {
  return !reflection.getFullName().startsWith('opentracing-viewer');
}

/** @param {import('typedoc').CommentDisplayPart[]} content */
function headingOf(content) {
  const text = content.map((part) => part.text).join('');
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '');
}

/**
 * `opentracing/src/zipkin` is imported as `opentracing-ts/zipkin`.
 *
 * @param {string} name
 */
function importPath(name) {
  const [folder, path] = name.split('/src');
  const { name: packageName } = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'));
  return packageName + path;
}

/**
 * What is linked, by how it is written: `opentracing-ts/zipkin`, `Tracer`, `Tracer.startSpan`.
 *
 * @param {import('typedoc').ProjectReflection} project
 */
function linkTargets(project) {
  /** @type {Map<string, import('typedoc').DeclarationReflection>} */
  const targets = new Map();
  const add = (
    /** @type {string} */ name,
    /** @type {import('typedoc').DeclarationReflection} */ target,
  ) => targets.has(name) || targets.set(name, target);
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    add(module.name, module);
    for (const one of module.children ?? []) {
      add(one.name, one);
      for (const member of one.children ?? []) {
        add(`${one.name}.${member.name}`, member);
      }
    }
  }
  return targets;
}

/**
 * @param {import('typedoc').CommentDisplayPart[]} parts
 * @param {ReturnType<typeof linkTargets>} targets
 * @param {ReturnType<typeof namesElsewhere>} [isElsewhere]
 * @returns {import('typedoc').CommentDisplayPart[]}
 */
function withLinks(parts, targets, isElsewhere = () => false) {
  let line = '';
  return parts.map((part) => {
    const before = line;
    line = (line + part.text).replace(/^.*\n/s, '');
    const name = part.text.replace(/^`|(?:\(.*\))?`$/g, '');
    const target = part.kind === 'code' ? targets.get(name) : undefined;
    // In a heading or in a link there is no link.
    return target === undefined || /^#|\[$/.test(before) || isElsewhere(name, before)
      ? part
      : { kind: 'inline-tag', tag: '@linkcode', text: part.text.slice(1, -1), target };
  });
}
