/** One Prometheus text of several: each metric's HELP and TYPE once, its samples together, as the format demands. */
export function mergeMetrics(texts: readonly string[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const text of texts) {
    let family = '';
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const [, word, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) family = name;
      const of = families.get(family) ?? { head: [], samples: [] };
      families.set(family, of);
      if (word === undefined) of.samples.push(line);
      else if (!of.head.some((it) => it.startsWith(`# ${word} `))) of.head.push(line);
    }
  }
  return [...families.values()].flatMap((it) => [...it.head, ...it.samples]).join('\n') + '\n';
}

interface OpenApi {
  readonly openapi?: string;
  readonly info?: object;
  readonly paths?: Readonly<Record<string, object>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly security?: unknown;
}

const HIDDEN = /^\/(healthz|readyz|metrics)$/;

/** One OpenAPI document of several. Two services may not describe one schema name differently. @throws Error where they do. */
export function mergeOpenApi(documents: readonly OpenApi[]): OpenApi {
  const paths: Record<string, object> = {};
  const components: Record<string, Record<string, object>> = {};
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths ?? {})) if (!HIDDEN.test(path)) paths[path] = item;
    for (const [kind, items] of Object.entries(document.components ?? {})) {
      const of = (components[kind] ??= {});
      for (const [name, item] of Object.entries(items)) {
        if (of[name] !== undefined && JSON.stringify(of[name]) !== JSON.stringify(item))
          throw new Error(`two services describe ${kind}/${name} differently`);
        of[name] = item;
      }
    }
  }
  const [first] = documents;
  return { ...first, info: { ...first?.info, title: 'Midstream' }, paths, components };
}
