import { at } from './transport';

/** The spanning tree of a network simplex. Node 0 is the root; each other node hangs on its parent by one arc. */
export interface Tree {
  readonly parent: Int32Array;
  readonly arc: Int32Array;
  /** 1 where the node's arc goes from it to its parent, 0 where it comes from there. */
  readonly rises: Uint8Array;
  readonly depth: Int32Array;
  readonly potential: Float64Array;
  readonly child: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Nodes still to visit. */
  readonly stack: Int32Array;
}

export const treeOf = (nodes: number): Tree => ({
  parent: new Int32Array(nodes).fill(-1),
  arc: new Int32Array(nodes).fill(-1),
  rises: new Uint8Array(nodes),
  depth: new Int32Array(nodes),
  potential: new Float64Array(nodes),
  child: new Int32Array(nodes).fill(-1),
  next: new Int32Array(nodes).fill(-1),
  previous: new Int32Array(nodes).fill(-1),
  stack: new Int32Array(nodes),
});

/** Hangs a node, with all that is under it, on a parent. Depths and potentials are not touched. */
export function hang(tree: Tree, node: number, parent: number, arc: number, rises: number): void {
  tree.parent[node] = parent;
  tree.arc[node] = arc;
  tree.rises[node] = rises;
  const first = at(tree.child, parent);
  tree.next[node] = first;
  tree.previous[node] = -1;
  if (first !== -1) tree.previous[first] = node;
  tree.child[parent] = node;
}

export function cut(tree: Tree, node: number): void {
  const [before, after] = [at(tree.previous, node), at(tree.next, node)];
  if (before === -1) tree.child[at(tree.parent, node)] = after;
  else tree.next[before] = after;
  if (after !== -1) tree.previous[after] = before;
}

/** Where the ways of two nodes to the root meet. */
export function meeting({ parent, depth }: Tree, a: number, b: number): number {
  let [u, v] = [a, b];
  while (at(depth, u) > at(depth, v)) u = at(parent, u);
  while (at(depth, v) > at(depth, u)) v = at(parent, v);
  while (u !== v) {
    u = at(parent, u);
    v = at(parent, v);
  }
  return u;
}

/** Cuts the arc above `out`, and hangs the part that falls off on `parent` by `arc`, with `node` as its top. */
export function rehang(tree: Tree, out: number, node: number, parent: number, arc: number, rises: number): void {
  let [above, by, up] = [parent, arc, rises];
  for (let it = node; ;) {
    const [oldParent, oldArc, oldRises] = [at(tree.parent, it), at(tree.arc, it), tree.rises[it] ?? 0];
    cut(tree, it);
    hang(tree, it, above, by, up);
    if (it === out) return;
    // The arc between the two stays, and now hangs the old parent on its child
    [above, by, up] = [it, oldArc, 1 - oldRises];
    it = oldParent;
  }
}

/** Sets the depths, and shifts the potentials by `shift`, of a node and all under it. */
export function settle(tree: Tree, top: number, shift: number): void {
  const { parent, depth, potential, child, next, stack } = tree;
  depth[top] = at(depth, at(parent, top)) + 1;
  potential[top] = at(potential, top) + shift;
  let size = 0;
  stack[size++] = top;
  while (size > 0) {
    const node = at(stack, --size);
    const below = at(depth, node) + 1;
    for (let it = at(child, node); it !== -1; it = at(next, it)) {
      depth[it] = below;
      potential[it] = at(potential, it) + shift;
      // Most nodes are classes that hang on one offer: nothing is under them
      if (at(child, it) !== -1) stack[size++] = it;
    }
  }
}
