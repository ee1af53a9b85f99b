/**
 * A heap by its smallest node (a pairing heap). Two of them become one in a single step, and the smallest node leaves in
 * logarithmic time, counted over many. The nodes are the heap: there is nothing else to allocate.
 */
export interface HeapNode<Self> {
  readonly key: bigint;
  child: Self | undefined;
  sibling: Self | undefined;
}

/** Joins two heaps, either of which may be empty; both are used up. */
export function mergeHeaps<Node extends HeapNode<Node>>(
  one: Node | undefined,
  other: Node | undefined,
): Node | undefined {
  return one && other ? link(one, other) : (one ?? other);
}

/** What is left of a heap without its smallest node. */
export function withoutSmallest<Node extends HeapNode<Node>>(smallest: Node): Node | undefined {
  // In pairs from the first to the last, then into one from the last to the first: what the costs above rest on.
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

/** Every node of a heap, in no order. */
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
