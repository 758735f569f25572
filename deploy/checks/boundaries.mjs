// Who may import whom, from Nx's own project graph: tags, undeclared dependencies, cycles.  node deploy/checks/boundaries.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ALLOWED = {
  kernel: [],
  contracts: ['kernel'],
  domain: ['kernel', 'contracts', 'testing'],
  runtime: ['kernel', 'contracts', 'testing'],
  app: ['kernel', 'contracts', 'runtime', 'domain', 'testing'],
  edge: ['kernel', 'contracts', 'runtime', 'testing'],
  local: [],
  testing: ['kernel', 'contracts', 'local'],
  simulation: ['kernel', 'contracts', 'runtime', 'domain', 'app', 'testing'],
  standalone: ['kernel', 'contracts', 'runtime', 'app', 'edge', 'local', 'testing'],
};

const folder = mkdtempSync(join(tmpdir(), 'graph-'));
execFileSync('node', ['node_modules/nx/dist/bin/nx.js', 'graph', `--file=${folder}/graph.json`], {
  env: { ...process.env, NX_DAEMON: 'false' },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const { graph } = JSON.parse(readFileSync(join(folder, 'graph.json'), 'utf8'));
rmSync(folder, { recursive: true });

const tag = (project, kind) => (graph.nodes[project]?.data.tags ?? []).find((it) => it.startsWith(`${kind}:`))?.slice(kind.length + 1);
const projects = Object.keys(graph.nodes).filter((it) => it.startsWith('@midstream/'));
const wrong = [];
for (const project of projects) {
  const layer = tag(project, 'layer');
  if (layer === undefined || ALLOWED[layer] === undefined) wrong.push(`${project} has no layer that the rules know`);
  const manifest = JSON.parse(readFileSync(join(graph.nodes[project].data.root, 'package.json'), 'utf8'));
  const declared = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const { target } of graph.dependencies[project] ?? []) {
    if (!projects.includes(target) || target === project) continue;
    if (!ALLOWED[layer]?.includes(tag(target, 'layer')))
      wrong.push(`${project} (${layer}) must not import ${target} (${tag(target, 'layer')})`);
    if (layer === 'app' && tag(target, 'layer') === 'domain' && tag(target, 'service') !== tag(project, 'service'))
      wrong.push(`${project} must not import the domain of another service, ${target}`);
    if (!(target in declared)) wrong.push(`${project} imports ${target} but its package.json does not declare it`);
  }
}

const done = new Set();
const walk = (project, path) => {
  if (done.has(project)) return;
  if (path.includes(project)) return void wrong.push(`cycle: ${[...path.slice(path.indexOf(project)), project].join(' -> ')}`);
  // a test may use what is built on what it tests
  const manifest = JSON.parse(readFileSync(join(graph.nodes[project].data.root, 'package.json'), 'utf8'));
  for (const { target } of graph.dependencies[project] ?? []) if (target in (manifest.dependencies ?? {})) walk(target, [...path, project]);
  done.add(project);
};
projects.forEach((it) => walk(it, []));

if (projects.length < 10) wrong.push(`only ${projects.length} projects were found: the graph is not whole`);
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log(`boundaries hold: ${projects.length} projects`);
