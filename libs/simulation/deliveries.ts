import { topicOf, TOPICS, type Service, type Topic } from '@midstream/contracts';
import type { Message, Partition } from './bus';
import type { Machine } from './machine';
import type { Shell, Work } from './shell';
import type { AnyCommand } from './wiring';

interface Waiting {
  readonly topic: Topic;
  readonly message: Message;
}

/** How facts leave one service and reach the others: relay, bus, inbox and parking, as libs/runtime has them. */
export class Deliveries {
  /** By reader: the keys that a broken message has stopped, and what waits behind it. */
  private readonly parked = new Map<Service, Map<string, Waiting[]>>();
  private readonly cursors = new Map<Service, number>();
  private readonly slowUntil = new Map<string, number>();

  constructor(private readonly machine: Machine) {}

  poke(shell: Shell): void {
    const { machine } = this;
    if (machine.runs(shell)) machine.soon(`relay/${shell.name}`, machine.latency(0.3), () => this.relay(shell));
  }

  /** Publishes what is new in the log, and saves the cursor after it: a crash in between says it again (libs/runtime/relay.ts). */
  private relay(shell: Shell): void {
    const { machine } = this;
    if (!machine.runs(shell)) return;
    const from = this.cursorOf(shell.name);
    for (let n = from; n < shell.log.length; n++) {
      const it = shell.log[n];
      if (it?.topic === undefined) continue;
      machine.steps += 1;
      this.publish(it.topic, { id: it.id, key: it.key, fact: it.event, committedAt: it.at });
    }
    if (shell.log.length > from && machine.strikes('after-publish', shell.name)) return machine.crash(shell.name);
    this.cursors.set(shell.name, shell.log.length);
  }

  publish(topic: Topic, message: Message): void {
    const partition = this.machine.bus.publish(topic, message);
    for (const reader of partition.places.keys()) this.expect(reader, partition);
  }

  isPublished({ name, log }: Shell): boolean {
    return this.cursorOf(name) === log.length;
  }

  private cursorOf(name: Service): number {
    return this.cursors.get(name) ?? 0;
  }

  /** The reader hears nothing of the topic for so long. */
  slow(reader: Service, topic: Topic, ms: number): void {
    this.slowUntil.set(`${reader}/${topic}`, this.machine.agenda.now + ms);
  }

  /** The reader gets its last messages of the topic once more: its partitions have been with another meanwhile. */
  redeliver(reader: Service, topic: Topic, messages: number): void {
    for (const it of this.machine.bus.partitionsOf(topic)) {
      const place = this.machine.bus.placeOf(it, reader);
      place.position = Math.max(0, place.position - messages);
      place.acknowledged = Math.min(place.acknowledged, place.position);
      this.expect(reader, it);
    }
  }

  /** The reader hears its last messages of the topic as new ones: somebody has put them there again. */
  echo(reader: Service, topic: Topic, messages: number): void {
    const shell = this.machine.shell(reader);
    if (!this.machine.runs(shell)) return;
    for (const partition of this.machine.bus.partitionsOf(topic)) {
      const { position } = this.machine.bus.placeOf(partition, reader);
      const again = partition.messages.slice(Math.max(0, position - messages), position).filter((it) => it.broken !== true);
      this.apply(
        shell,
        topic,
        again.map((it) => ({ ...it, id: this.machine.nextEventId() })),
        false,
      );
    }
  }

  /** A message that only this reader cannot read. */
  poison(reader: Service, topic: Topic, message: Message): void {
    this.apply(this.machine.shell(reader), topic, [message], false);
  }

  hurry(): void {
    this.slowUntil.clear();
  }

  expectAll(reader: Service): void {
    for (const it of this.machine.bus.all()) if (it.places.has(reader)) this.expect(reader, it);
  }

  private expect(reader: Service, partition: Partition): void {
    const { machine } = this;
    const place = machine.bus.placeOf(partition, reader);
    if (place.isExpected || place.position >= partition.messages.length) return;
    place.isExpected = true;
    const slowMs = this.slowUntil.size === 0 ? 0 : Math.max(0, this.slowUntilOf(reader, partition.topic) - machine.agenda.now);
    machine.agenda.after(slowMs + machine.latency(), () => {
      place.isExpected = false;
      this.consume(reader, partition);
    });
  }

  private slowUntilOf(reader: Service, topic: Topic): number {
    return this.slowUntil.get(`${reader}/${topic}`) ?? 0;
  }

  /** A chunk of one partition, in one transaction; acknowledged after it (libs/runtime/consume.ts). */
  private consume(reader: Service, partition: Partition): void {
    const { machine } = this;
    const shell = machine.shell(reader);
    if (!machine.runs(shell)) return;
    if (this.slowUntil.size > 0 && this.slowUntilOf(reader, partition.topic) > machine.agenda.now) return this.expect(reader, partition);
    const place = machine.bus.placeOf(partition, reader);
    const chunk = partition.messages.slice(place.position, place.position + machine.options.random.whole(1, 24));
    if (chunk.length === 0) return;
    machine.steps += 1;
    if (machine.strikes('before-commit', reader)) {
      this.apply(shell, partition.topic, chunk, true);
      return machine.crash(reader);
    }
    this.apply(shell, partition.topic, chunk, false);
    place.position += chunk.length;
    if (machine.strikes('after-commit', reader)) return machine.crash(reader);
    place.acknowledged = place.position;
    this.expect(reader, partition);
  }

  /** Sets aside what is broken or waits behind it, takes what is new, and reacts to it. */
  private apply(shell: Shell, topic: Topic, chunk: readonly Message[], abort: boolean): void {
    const fresh = new Map<number, Message>();
    const states = new Map<string, Message>();
    for (const message of chunk) {
      if (message.broken === true || this.parkedOf(shell.name).has(message.key)) {
        if (!abort) this.park(shell, { topic, message });
      } else if (TOPICS[topic].compacted) states.set(message.key, message);
      else if (!shell.inbox.has(message.id)) fresh.set(message.id, message);
    }
    const newer = abort ? [] : [...states.values()].filter((it) => this.project(shell, topic, it) && shell.wired.hears.has(topic));
    this.react(shell, [...fresh.values(), ...newer], [...fresh.keys()], abort);
  }

  private project(shell: Shell, topic: Topic, { key, fact }: Message): boolean {
    const { agenda, options } = this.machine;
    return shell.project(topic, key, fact, agenda.now + options.random.whole(0, 100));
  }

  private react(shell: Shell, messages: readonly Message[], claims: readonly number[], abort: boolean): void {
    const { domain } = shell.wired;
    const works: Work[] = [];
    const later: { due: ReturnType<typeof domain.react>[number]; cause: number }[] = [];
    for (const { fact, id } of messages) {
      for (const due of domain.react(fact)) {
        if (due.at === undefined) works.push({ command: due.command, actor: `fact:${fact.type}`, cause: id });
        else later.push({ due, cause: id });
      }
      const topic = topicOf(fact.type);
      if (topic !== undefined && !TOPICS[topic].compacted) domain.view.apply(shell.view, fact);
    }
    const outcomes = shell.handle(works, { claims, later }, abort);
    this.machine.tellRefusals(shell, works, outcomes, 'fact');
    if (later.length > 0) this.machine.works.wake(shell);
  }

  private parkedOf(reader: Service): Map<string, Waiting[]> {
    const known = this.parked.get(reader) ?? new Map<string, Waiting[]>();
    this.parked.set(reader, known);
    return known;
  }

  private park(shell: Shell, waiting: Waiting): void {
    const { id, key } = waiting.message;
    if (shell.inbox.has(id)) return;
    shell.inbox.add(id);
    const parked = this.parkedOf(shell.name);
    parked.set(key, [...(parked.get(key) ?? []), waiting]);
  }

  isParked(shell: Shell, command: AnyCommand): boolean {
    const parked = this.parkedOf(shell.name);
    return parked.size > 0 && shell.wired.domain.keysOf(command).some(({ id }) => parked.has(id));
  }

  get parkedKeys(): number {
    return [...this.parked.values()].reduce((sum, it) => sum + it.size, 0);
  }

  /** An operator drops the broken messages of a reader and lets what waits behind them go on, in its order (libs/runtime/resume.ts). */
  mend(reader: Service): void {
    const shell = this.machine.shell(reader);
    const parked = this.parkedOf(reader);
    if (!this.machine.runs(shell)) return;
    for (const [key, waiting] of parked) {
      parked.delete(key);
      const whole = waiting.filter((it) => it.message.broken !== true);
      const facts = whole.filter((it) => !TOPICS[it.topic].compacted).map((it) => it.message);
      const newer = whole.filter(
        (it) => TOPICS[it.topic].compacted && this.project(shell, it.topic, it.message) && shell.wired.hears.has(it.topic),
      );
      this.machine.steps += 1;
      this.react(shell, [...facts, ...newer.map((it) => it.message)], [], false);
    }
  }

  /**
   * Up to when all that the topic's owner had committed has been heard here: what the watermarks in every partition tell
   * (libs/runtime/inbox.ts), told here without them.
   */
  caughtUpAt(reader: Service, topic: Topic): number {
    const { bus, agenda } = this.machine;
    const owner = this.machine.shell(TOPICS[topic].owner);
    let at = this.machine.runs(owner) ? agenda.now : owner.downSince;
    for (let n = this.cursorOf(owner.name); n < owner.log.length; n++) {
      const it = owner.log[n];
      if (it?.topic !== topic) continue;
      at = Math.min(at, it.at);
      break;
    }
    for (const partition of bus.partitionsOf(topic)) {
      const next = partition.messages[bus.placeOf(partition, reader).position];
      if (next !== undefined) at = Math.min(at, next.committedAt);
    }
    return at;
  }
}
