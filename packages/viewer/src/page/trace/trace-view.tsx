import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { criticalPath } from '../../model/critical-path.js';
import { isError } from '../../model/span.js';
import { spanSearch, wordsOf } from '../../model/span-search.js';
import type { Node, Trace } from '../../model/tree.js';
import { hrefWith, navigate, place } from '../location.js';
import { readZoom, writeZoom, type Zoom } from '../model/zoom.js';
import { FoundWords } from '../parts/marked.js';
import { ancestorKeys, moveFor, stepFrom, visibleNodes } from './moves.js';
import { isTyping, useShortcuts } from './shortcuts.js';
import { SpanDetails } from './span-details.js';
import { pathHref, TraceTools } from './trace-tools.js';
import { Waterfall } from './waterfall.js';

/** The waterfall of a trace beside the details of the span that the address names. */
export function TraceView({ trace }: { trace: Trace }) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [focusKey, setFocusKey] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const selected = findSelected(trace, place.value.search);
  const { search: query } = place.value;
  const zoom = useMemo(() => readZoom(query, trace.duration), [query, trace]);
  const { find, isPathShown } = readTools(query);
  const search = useMemo(() => spanSearch(trace.nodes), [trace]);
  const found = useMemo(() => search(find), [search, find]);
  const words = useMemo(() => wordsOf(find), [find]);
  const foundKeys = useMemo(() => new Set(found.map(({ key }) => key)), [found]);
  const errors = useMemo(() => trace.nodes.filter(({ span }) => isError(span)), [trace]);
  const path = useMemo(() => (isPathShown ? criticalPath(trace) : undefined), [trace, isPathShown]);
  const findBox = useRef<HTMLInputElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  const visible = useMemo(() => visibleNodes(trace.nodes, collapsed), [trace, collapsed]);
  const focused =
    visible.find(({ key }) => key === focusKey) ??
    visible.find((node) => node === selected) ??
    visible[0];

  // Opened with a link to a span, the page shows it.
  useEffect(() => {
    if (selected !== undefined) rowOf(tree.current, selected)?.scrollIntoView({ block: 'center' });
  }, []);

  // The details may cover the row that they belong to, where they are a sheet at the bottom.
  useEffect(() => {
    if (selected !== undefined) rowOf(tree.current, selected)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  // A row that is out of sight may have to be drawn before it can have the focus; it has it before
  // anything else can happen, since the row that had it may not be drawn any more.
  const waiting = useRef<Node>(undefined);
  useLayoutEffect(() => {
    const node = waiting.current;
    waiting.current = undefined;
    if (node !== undefined) rowOf(tree.current, node)?.focus();
  });
  // An object for each step: one to the span where one is already shows it again.
  const [step, setStep] = useState<{ to: Node }>();
  useEffect(() => {
    if (step === undefined) return;
    const row = rowOf(tree.current, step.to);
    row?.scrollIntoView({ block: 'center' });
    const { activeElement } = document;
    // Whoever steps by the box or the buttons goes on there.
    if (activeElement === document.body || tree.current?.contains(activeElement)) {
      row?.focus({ preventScroll: true });
    }
  }, [step]);
  const focus = useCallback((node: Node) => {
    setFocusKey(node.key);
    const row = rowOf(tree.current, node);
    if (row === null) waiting.current = node;
    else row.focus();
  }, []);
  const showTime = (part: Zoom) =>
    navigate(
      hrefWith({ from: undefined, to: undefined, ...writeZoom(part, trace.duration) }),
      'replace',
    );
  const select = (node: Node | undefined) => {
    navigate(hrefWith({ span: node?.key }), 'replace');
    if (node !== undefined) setCollapsed((last) => without(last, ancestorKeys(node)));
  };
  /** Goes to a span wherever it is; details that are open follow. */
  const stepTo = (node: Node) => {
    setCollapsed((last) => without(last, ancestorKeys(node)));
    setFocusKey(node.key);
    setStep({ to: node });
    if (selected !== undefined) select(node);
  };
  const stepBy = (by: 1 | -1) => {
    const node = stepFrom(errors, trace.nodes, focused, by);
    if (node !== undefined) stepTo(node);
  };
  // From nowhere to the row where one is; in the rows, and wherever else they mean something, not.
  const toRows = () => {
    if (focused !== undefined) focus(focused);
  };
  useShortcuts(() => ({
    '/': () => findBox.current?.select(),
    '?': () => help.current?.showModal(),
    c: () => navigate(pathHref(!isPathShown), 'replace'),
    e: () => stepBy(1),
    E: () => stepBy(-1),
    ...(document.activeElement === document.body && { ArrowDown: toRows, ArrowUp: toRows }),
  }));
  const setNodeCollapsed = (node: Node, isCollapsed: boolean) =>
    setCollapsed((last) =>
      isCollapsed ? new Set([...last, node.key]) : without(last, [node.key]),
    );
  const toggleNode = (node: Node) => {
    focus(node);
    setNodeCollapsed(node, !collapsed.has(node.key));
  };
  const close = () => {
    if (selected === undefined) return;
    select(undefined);
    focus(selected);
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || focused === undefined) return;
    const move = moveFor(
      event.key,
      focused,
      visible,
      collapsed,
      rowsInSight(tree.current, visible),
    );
    if (move === undefined) return;
    event.preventDefault();
    if (move.does === 'collapse' || move.does === 'expand') {
      setNodeCollapsed(move.node, move.does === 'collapse');
    } else {
      focus(move.node);
      // While details are open they follow the focus.
      if (move.does === 'open' || selected !== undefined) select(move.node);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the details from anywhere in here
    <div
      class={selected === undefined ? 'trace-view' : 'trace-view with-details'}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !isTyping(event.target)) close();
      }}
    >
      <TraceTools
        nodes={trace.nodes}
        find={find}
        found={found}
        errors={errors}
        current={focused}
        isPathShown={isPathShown}
        findRef={findBox}
        helpRef={help}
        onStep={stepTo}
      />
      <Waterfall
        trace={trace}
        found={foundKeys}
        words={words}
        path={path}
        visible={visible}
        collapsed={collapsed}
        focused={focused}
        selected={selected}
        zoom={zoom}
        treeRef={tree}
        onKey={onKey}
        onToggle={toggleNode}
        onSelect={(node) => {
          focus(node);
          select(node);
        }}
        onZoom={showTime}
        onCollapseAll={() => setCollapsed(new Set(withChildren(trace).map(({ key }) => key)))}
        onExpandAll={() => setCollapsed(new Set())}
      />
      {selected !== undefined && (
        <FoundWords.Provider value={foundKeys.has(selected.key) ? words : []}>
          <SpanDetails
            trace={trace}
            node={selected}
            path={path?.get(selected.key)}
            onClose={close}
            onSelect={select}
          />
        </FoundWords.Provider>
      )}
    </div>
  );
}

/** What of the address is about the search in the trace and the critical path. */
function readTools(search: string): { find: string; isPathShown: boolean } {
  const params = new URLSearchParams(search);
  return { find: params.get('find') ?? '', isPathShown: params.get('path') === 'critical' };
}

/** The node that the address names: by its key, or by the id of its span alone. */
function findSelected(trace: Trace, search: string): Node | undefined {
  const key = new URLSearchParams(search).get('span');
  if (key === null) return undefined;
  return (
    trace.nodes.find((node) => node.key === key) ?? trace.nodes.find(({ span }) => span.id === key)
  );
}

/** How many rows one sees at once, less one or two that one has seen before. */
function rowsInSight(tree: HTMLElement | null, visible: readonly Node[]): number {
  const rowHeight = (tree?.clientHeight ?? 0) / Math.max(visible.length, 1);
  return rowHeight === 0 ? 1 : Math.max(1, Math.floor(window.innerHeight / rowHeight) - 4);
}

function rowOf(tree: HTMLElement | null, node: Node): HTMLElement | null {
  return tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(node.key)}"]`) ?? null;
}

function withChildren(trace: Trace): Node[] {
  return trace.nodes.filter(({ children }) => children.length > 0);
}

function without(keys: ReadonlySet<string>, gone: readonly string[]): ReadonlySet<string> {
  if (!gone.some((key) => keys.has(key))) return keys;
  return new Set([...keys].filter((key) => !gone.includes(key)));
}
