/** Where two values differ, a line each: the path, and what is there on either side; at most `limit` of them. */
export function differences(left: unknown, right: unknown, limit = 20): string[] {
  const found: string[] = [];
  compare(left, right, '', (path, a, b) => {
    if (found.length < limit) found.push(`${path}: ${shown(a)} <> ${shown(b)}`);
  });
  return found;
}

type Tell = (path: string, left: unknown, right: unknown) => void;

function compare(left: unknown, right: unknown, path: string, tell: Tell): void {
  if (Object.is(left, right)) return;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return tell(path, left, right);
  const [a, b] = [left, right] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[name], b[name], `${path}/${name}`, tell);
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300));
