import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { KafkaOptions, LocalKafka } from './kafka';
import { untilKafkaAnswers } from './kafka.ready';
import { leash } from './leash';
import { assertPortFree, freePort } from './ports';
import { childGone, endProcess, isOrphan, lookAt, readNumber, signalChild, tail } from './processes';

const JVM_FLAGS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Djava.awt.headless=true'];
const SHUTDOWN_STEPS = [
  ['SIGTERM', 20_000],
  ['SIGKILL', 5_000],
] as const;

interface Home {
  dir: string;
  classPath: string;
  brokerPort: number;
  advertisedPort: number;
}

/** What stands against a broker from Apache Kafka's jars on this machine; undefined when nothing does. */
export function hindranceOfJars(): string | undefined {
  if (findProgram('java') === undefined) return 'install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)';
  if (fs.existsSync(jarFolder())) return undefined;
  return findProgram('mvn') ? undefined : "install Maven, which fetches Kafka's jars once (Debian: apt-get install maven)";
}

/** One KRaft node on free ports of 127.0.0.1; takes `dir` over from a broker whose own parent has died. */
export async function startKafkaJars(options: KafkaOptions): Promise<LocalKafka> {
  const hindrance = hindranceOfJars();
  if (hindrance) throw new Error(`No Kafka: ${hindrance}`);
  fs.mkdirSync(options.dir, { recursive: true });
  const dir = fs.realpathSync(options.dir);
  const classPath = path.join(await fetchJars(options.log), '*');
  await takeOver(dir, options.log);
  const brokerPort = await keptPort(dir);
  const home: Home = { dir, classPath, brokerPort, advertisedPort: options.advertisedPort ?? brokerPort };
  let child = await launch(home, options);
  return {
    brokers: [`127.0.0.1:${home.brokerPort}`],
    get pid() {
      return child.pid;
    },
    stop: () => stop(child),
    kill: (signal) => signalChild(child, signal),
    restart: async () => {
      await stop(child);
      child = await launch(home, options);
    },
  };
}

async function launch(home: Home, options: KafkaOptions): Promise<ChildProcess> {
  const { dir, brokerPort } = home;
  await assertPortFree(brokerPort, 'Kafka');
  const config = await writeConfig(home);
  if (!fs.existsSync(path.join(dir, 'data', 'meta.properties'))) await format(home, config);
  const output = path.join(dir, 'kafka.out');
  const child = spawnJava(home, output, ['kafka.Kafka', config]);
  if (child.pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));
  child.once('exit', leash(child.pid, { signal: 'SIGTERM', scratch: options.scratch }));
  child.unref();
  fs.writeFileSync(path.join(dir, 'kafka.pid'), `${child.pid}\n`);
  fs.writeFileSync(path.join(dir, 'kafka.owner'), `${process.pid}\n`);
  await untilKafkaAnswers([`127.0.0.1:${brokerPort}`], () => {
    if (child.exitCode === null && child.signalCode === null) return;
    throw new Error(`Kafka ended while starting:\n${tail(output)}${tail(path.join(dir, 'kafka.log'))}`);
  });
  options.log?.(`Kafka is ready on 127.0.0.1:${brokerPort}`);
  return child;
}

function spawnJava({ dir, classPath }: Home, output: string, args: string[]): ChildProcess {
  const log4j = path.join(deployFolder(), 'log4j2.properties');
  const flags = [...JVM_FLAGS, `-Dkafka.logs.dir=${dir}`, `-Dlog4j2.configurationFile=${log4j}`, '-cp', classPath];
  const fd = fs.openSync(output, 'w');
  // Its own session, or Ctrl-C in a terminal would stop the broker before the services that still write to it.
  const child = spawn('java', [...flags, ...args], { cwd: dir, detached: true, stdio: ['ignore', fd, fd] });
  fs.closeSync(fd);
  return child;
}

async function format(home: Home, config: string): Promise<void> {
  const output = path.join(home.dir, 'format.out');
  // hex: an id that begins with a dash would be taken for an option
  const clusterId = randomBytes(11).toString('hex');
  const child = spawnJava(home, output, ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', config]);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`Kafka's folder ${home.dir} could not be formatted (${code}):\n${tail(output)}`);
}

async function writeConfig({ dir, brokerPort, advertisedPort }: Home): Promise<string> {
  const values: Record<string, string> = {
    brokerPort: String(brokerPort),
    advertisedPort: String(advertisedPort),
    controllerPort: String(await freePort()),
    dataDir: path.join(dir, 'data'),
  };
  const template = fs.readFileSync(path.join(deployFolder(), 'server.properties'), 'utf8');
  const file = path.join(dir, 'server.properties');
  fs.writeFileSync(
    file,
    template.replace(/@(\w+)@/g, (_, name: string) => values[name] ?? ''),
  );
  return file;
}

/** Clients keep the address of their broker: a folder has one port for life. */
async function keptPort(dir: string): Promise<number> {
  const file = path.join(dir, 'port');
  const port = readNumber(file) ?? (await freePort());
  fs.writeFileSync(file, `${port}\n`);
  return port;
}

async function takeOver(dir: string, log: KafkaOptions['log']): Promise<void> {
  const pid = readNumber(path.join(dir, 'kafka.pid'));
  const view = pid && lookAt(pid);
  if (!pid || !view || !view.command.includes(`kafka.Kafka ${path.join(dir, 'server.properties')}`)) return;
  if (!isOrphan(pid, readNumber(path.join(dir, 'kafka.owner')))) {
    throw new Error(`Kafka already runs in ${dir} (process ${pid}, started by ${view.parent}): stop that first`);
  }
  log?.(`Kafka ${pid} was left behind in ${dir}: stopping it`);
  await endProcess(pid, SHUTDOWN_STEPS);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await endProcess(child.pid as number, SHUTDOWN_STEPS);
  await childGone(child);
}

async function fetchJars(log: KafkaOptions['log']): Promise<string> {
  const folder = jarFolder();
  if (fs.existsSync(folder)) return folder;
  log?.('Fetching the jars of Apache Kafka with Maven (once, 44 MB)');
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = fs.mkdtempSync(`${folder}-`);
  try {
    await runMaven(unfinished);
    fs.chmodSync(unfinished, 0o755); // made for us alone, but the next user of this checkout may be another
    // Moved when complete, so that a broken download is never taken for a broker; the second of two at once keeps the first's.
    if (!fs.existsSync(folder)) fs.renameSync(unfinished, folder);
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function runMaven(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const child = spawn('mvn', ['-B', '-q', '-f', path.join(deployFolder(), 'pom.xml'), ...goal], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new Error(`Maven could not fetch Kafka's jars (${code}); it needs Maven Central or a mirror:\n${output.slice(-4000)}`);
}

/** Named after the content of the pom, so that another version gets another folder. */
function jarFolder(): string {
  const pom = fs.readFileSync(path.join(deployFolder(), 'pom.xml'));
  const key = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  return path.join(deployFolder(), '../../../.cache/kafka', key);
}

/** Found from the sources and from dist/ alike. */
function deployFolder(): string {
  for (let folder = __dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'deploy/local/kafka');
    if (fs.existsSync(path.join(candidate, 'pom.xml'))) return candidate;
  }
  throw new Error('deploy/local/kafka is missing: a local Kafka needs the whole checkout');
}

function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}
