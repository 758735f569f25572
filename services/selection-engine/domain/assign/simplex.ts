import { assert } from '@midstream/kernel';
import { type Assigned, at, problemOf, type Transport } from './transport';
import { hang, meeting, rehang, settle, type Tree, treeOf } from './tree';

/** So many pivots for each node and arc: hundreds of times what is seen. Beyond it the answer is not called optimal. */
const PIVOTS_PER_ARC_MAX = 50;

/** In square roots of the number of arcs. Measured: at 1 a fifth more pivots, at 4 and more the search takes longer than they save. */
const BLOCK = 2;

const LOWER = 1;
const IN_TREE = 0;
const UPPER = -1;

/** Every arc has one place: first those of the classes, then each class's refund, then what is above each offer and cap. */
interface Network {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly cost: Float64Array;
  readonly capacity: Float64Array;
  readonly flow: Float64Array;
  readonly state: Int8Array;
  readonly tree: Tree;
}

/**
 * The best assignment, exactly, by a primal network simplex (Ahuja, Magnanti, Orlin, Network Flows, chapter 11). The root takes in what is
 * served and what is refunded, so the tree of "refund everything" is a feasible start, without artificial arcs. Entering arcs are found
 * block by block; the leaving arc is the last blocking one, which keeps the tree strongly feasible, so that it cannot cycle.
 */
export function assign(
  transport: Transport,
  pivotsMax = PIVOTS_PER_ARC_MAX * (transport.offer.length + transport.stock.length + 1),
): Assigned {
  const problem = problemOf(transport);
  assert(problem === undefined, `a sound problem, not one with ${problem}`);
  const network = networkOf(transport);
  const search = searchIn(network);
  let pivots = 0;
  let entering = search();
  for (; entering !== -1 && pivots < pivotsMax; pivots++) {
    pivot(network, entering);
    entering = search();
  }
  return { ...readOff(transport, network), pivots, optimal: entering === -1 };
}

function networkOf({ demand, refund, start, offer, value, stock, under }: Transport): Network {
  const [classes, arcs, nodes] = [demand.length, offer.length, stock.length];
  const all = arcs + classes + nodes;
  const source = new Int32Array(all);
  const target = new Int32Array(all);
  const cost = new Float64Array(all);
  const capacity = new Float64Array(all).fill(Infinity);
  const flow = new Float64Array(all);
  const state = new Int8Array(all).fill(LOWER);
  const tree = treeOf(1 + classes + nodes);
  const first = 1 + classes;
  const empty = emptyOver(stock, under);
  for (let k = 0; k < classes; k++) {
    for (let arc = at(start, k); arc < at(start, k + 1); arc++) {
      source[arc] = 1 + k;
      target[arc] = first + at(offer, arc);
      cost[arc] = -at(value, arc);
      // An arc that can carry nothing would let the tree cycle: it is never looked at
      if (at(empty, at(offer, arc)) !== -1) state[arc] = IN_TREE;
    }
    const arc = arcs + k;
    source[arc] = 1 + k;
    cost[arc] = at(refund, k);
    flow[arc] = at(demand, k);
    state[arc] = IN_TREE;
    tree.potential[1 + k] = -at(refund, k);
    tree.depth[1 + k] = 1;
    hang(tree, 1 + k, 0, arc, 1);
  }
  // From the outermost cap inwards: a node's depth is one more than its parent's
  for (let j = nodes - 1; j >= 0; j--) {
    const [arc, cap] = [arcs + classes + j, at(under, j)];
    const parent = cap === -1 ? 0 : first + cap;
    source[arc] = first + j;
    target[arc] = parent;
    capacity[arc] = at(stock, j);
    state[arc] = IN_TREE;
    tree.depth[first + j] = at(tree.depth, parent) + 1;
    hang(tree, first + j, parent, arc, 1);
  }
  return { source, target, cost, capacity, flow, state, tree };
}

/** Of each offer and cap, the first node without stock on its way to the root, itself included; -1 for none. */
function emptyOver(stock: Float64Array, under: Int32Array): Int32Array {
  const empty = new Int32Array(stock.length).fill(-1);
  for (let node = stock.length - 1; node >= 0; node--) {
    const cap = at(under, node);
    empty[node] = at(stock, node) === 0 ? node : cap === -1 ? -1 : at(empty, cap);
  }
  return empty;
}

/** Finds, block by block from where it last stood, the arc of the block that is worth most; -1 where none is worth anything. */
function searchIn({ source, target, cost, state, tree: { potential } }: Network): () => number {
  const arcs = source.length;
  const block = Math.max(10, Math.ceil(BLOCK * Math.sqrt(arcs)));
  let next = 0;
  return () => {
    let [best, found] = [0, -1];
    let left = block;
    for (let seen = 0; seen < arcs; seen++) {
      const arc = next;
      if (++next === arcs) next = 0;
      const gain = stateOf(state, arc) * (at(cost, arc) + at(potential, at(source, arc)) - at(potential, at(target, arc)));
      if (gain < best) [best, found] = [gain, arc];
      if (--left === 0) {
        if (found !== -1) return found;
        left = block;
      }
    }
    return found;
  };
}

const stateOf = (all: Int8Array, index: number): number => all[index] as number;

/** Sends what it can around the cycle that the arc closes, and lets the arc in for the one that blocks. */
function pivot(network: Network, entering: number): void {
  const { source, target, cost, capacity, flow, state, tree } = network;
  const raises = stateOf(state, entering) === LOWER;
  const [from, to] = raises ? [at(source, entering), at(target, entering)] : [at(target, entering), at(source, entering)];
  const join = meeting(tree, from, to);
  const { out, side, amount } = blocking(network, at(capacity, entering), { from, to, join });
  send(network, { from, to, join, entering, amount: raises ? amount : -amount });
  if (out === -1) {
    state[entering] = raises ? UPPER : LOWER;
    return;
  }
  const leaving = at(tree.arc, out);
  state[leaving] = at(flow, leaving) === 0 ? LOWER : UPPER;
  state[entering] = IN_TREE;
  // The part that is cut off holds one end of the entering arc
  const [node, parent] = side === 'from' ? [from, to] : [to, from];
  const rises = at(source, entering) === node ? 1 : 0;
  const reduced = at(cost, entering) + at(tree.potential, at(source, entering)) - at(tree.potential, at(target, entering));
  rehang(tree, out, node, parent, entering, rises);
  settle(tree, node, rises === 1 ? -reduced : reduced);
}

interface Cycle {
  readonly from: number;
  readonly to: number;
  readonly join: number;
}

/** The last arc around the cycle, from its join on, that lets no more through; `out` is the node below it, -1 for the entering arc itself. */
function blocking({ capacity, flow, tree: { parent, arc, rises } }: Network, room: number, { from, to, join }: Cycle) {
  let [amount, out] = [room, -1];
  let side: 'from' | 'to' = 'from';
  for (let node = from; node !== join; node = at(parent, node)) {
    const it = at(arc, node);
    const most = rises[node] === 1 ? at(flow, it) : at(capacity, it) - at(flow, it);
    if (most < amount) [amount, out] = [most, node];
  }
  for (let node = to; node !== join; node = at(parent, node)) {
    const it = at(arc, node);
    const most = rises[node] === 1 ? at(capacity, it) - at(flow, it) : at(flow, it);
    if (most <= amount) {
      [amount, out] = [most, node];
      side = 'to';
    }
  }
  return { amount, out, side };
}

function send(network: Network, { from, to, join, entering, amount }: Cycle & { entering: number; amount: number }): void {
  if (amount === 0) return;
  const { flow, tree } = network;
  flow[entering] = at(flow, entering) + amount;
  const size = Math.abs(amount);
  for (let node = from; node !== join; node = at(tree.parent, node)) {
    const it = at(tree.arc, node);
    flow[it] = at(flow, it) + (tree.rises[node] === 1 ? -size : size);
  }
  for (let node = to; node !== join; node = at(tree.parent, node)) {
    const it = at(tree.arc, node);
    flow[it] = at(flow, it) + (tree.rises[node] === 1 ? size : -size);
  }
}

function readOff({ demand, refund, start, offer, value, stock, under }: Transport, { flow, tree }: Network) {
  const [classes, arcs] = [demand.length, offer.length];
  const left = flow.slice(arcs, arcs + classes);
  const potential = (node: number): number => at(tree.potential, 1 + classes + node);
  const price = stock.map((_, node) => Math.max(0, (at(under, node) === -1 ? 0 : potential(at(under, node))) - potential(node)));
  const empty = emptyOver(stock, under);
  let objective = 0;
  for (let k = 0; k < classes; k++)
    for (let arc = at(start, k); arc < at(start, k + 1); arc++) {
      objective += at(value, arc) * at(flow, arc);
      // What no stock is there for costs what the keenest class would pay
      const node = at(empty, at(offer, arc));
      if (node !== -1) price[node] = Math.max(at(price, node), at(value, arc) - potential(k - classes));
    }
  for (let k = 0; k < classes; k++) objective -= at(refund, k) * at(left, k);
  return { objective, flow: flow.slice(0, arcs), left, price };
}
