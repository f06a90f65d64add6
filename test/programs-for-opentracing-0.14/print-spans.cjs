/**
 * Prints spans as JSON, by their names: ids are left out, a parent is told by its name, and what is
 * empty in a span is not told at all.
 *
 * @param {{ name: string, traceId: string, id: string, parentId?: string | null }[]} spans - with
 *   whatever else is to be told of them
 * @param {object} [more] - what else the program has to tell
 */
exports.printSpans = function printSpans(spans, more = {}) {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const told = {};
  for (const { name, traceId, id: _, parentId, ...rest } of spans) {
    if (name in told) {
      throw new Error(`there are two spans with the name ${name}`);
    }
    const full = Object.entries(rest).filter(([, value]) => !isEmpty(value));
    const parent = parentId ? parentOf(byId.get(parentId), traceId) : null;
    told[name] = { parent, ...Object.fromEntries(full) };
  }
  console.log(JSON.stringify({ spans: told, ...more }));
};

function isEmpty(value) {
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function parentOf(parent, traceId) {
  if (parent === undefined) return 'not among the spans';
  return parent.traceId === traceId ? parent.name : `${parent.name}, of another trace`;
}
