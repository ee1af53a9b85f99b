/**
 * A node of a pairing heap, smallest key first. Two heaps merge in constant time; removing the smallest node takes
 * amortized logarithmic time. The nodes are the heap: nothing else is allocated.
 */
export interface HeapNode<Self> {
  readonly key: bigint;
  child: Self | undefined;
  sibling: Self | undefined;
}

/** Merges two heaps, either of which may be empty. Consumes both. */
export function mergeHeaps<Node extends HeapNode<Node>>(
  one: Node | undefined,
  other: Node | undefined,
): Node | undefined {
  return one && other ? link(one, other) : (one ?? other);
}

/** Removes the smallest node of a heap and returns the rest. */
export function withoutSmallest<Node extends HeapNode<Node>>(smallest: Node): Node | undefined {
  // In pairs from the first to the last, then into one from the last to the first: the amortized bound needs both passes.
  const pairs: Node[] = [];
  let next = smallest.child;
  smallest.child = undefined;
  while (next) {
    const first: Node = next;
    const second: Node | undefined = first.sibling;
    next = second?.sibling;
    first.sibling = undefined;
    if (second) second.sibling = undefined;
    pairs.push(second ? link(first, second) : first);
  }
  let rest = pairs.pop();
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) rest = mergeHeaps(pair, rest);
  return rest;
}

/** Yields every node of a heap, in no order. */
export function* nodesOf<Node extends HeapNode<Node>>(root: Node | undefined): Generator<Node> {
  const pending = root ? [root] : [];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.child) pending.push(node.child);
    if (node.sibling) pending.push(node.sibling);
    yield node;
  }
}

function link<Node extends HeapNode<Node>>(one: Node, other: Node): Node {
  const [parent, child] = one.key <= other.key ? [one, other] : [other, one];
  child.sibling = parent.child;
  parent.child = child;
  return parent;
}

/** An entry of a ranking. It stores its index, so that it can be moved or removed without a search. */
export interface Ranked {
  rank: bigint;
  /** Its index in the ranking; -1 while it is in none. */
  place: number;
}

/** A binary heap by rank, highest first. */
export interface Ranking<Entry extends Ranked> {
  highest(): Entry | undefined;
  /** Adds an entry, or moves it after its rank has changed. */
  put(entry: Entry): void;
  remove(entry: Entry): void;
}

const NOWHERE = -1;

/** Creates an empty ranking. */
export function createRanking<Entry extends Ranked>(): Ranking<Entry> {
  const entries: Entry[] = [];

  const set = (entry: Entry, place: number): void => {
    entries[place] = entry;
    entry.place = place;
  };

  function rise(entry: Entry): void {
    while (entry.place > 0) {
      const above = entries[(entry.place - 1) >> 1];
      if (!above || above.rank >= entry.rank) return;
      const place = above.place;
      set(above, entry.place);
      set(entry, place);
    }
  }

  function sink(entry: Entry): void {
    for (;;) {
      const left = entries[2 * entry.place + 1];
      const right = entries[2 * entry.place + 2];
      const below = right && left && right.rank > left.rank ? right : left;
      if (!below || below.rank <= entry.rank) return;
      const place = below.place;
      set(below, entry.place);
      set(entry, place);
    }
  }

  return {
    highest: () => entries[0],
    put(entry) {
      if (entry.place === NOWHERE) set(entry, entries.length);
      rise(entry);
      sink(entry);
    },
    remove(entry) {
      const { place } = entry;
      if (place === NOWHERE) return;
      const last = entries.pop();
      entry.place = NOWHERE;
      if (!last || last === entry) return;
      set(last, place);
      rise(last);
      sink(last);
    },
  };
}
