import type { Api } from "./api";
import type { Health, Stream, StreamRemoved } from "./types";

/** The streams, the switch of the whole house, and how everything is doing. */
export class House {
  streams = $state.raw<Stream[]>([]);
  listening = $state(true);
  health = $state.raw<Health | null>(null);
  /** Whether the server has been asked at least once. */
  known = $state(false);

  #api: Api;
  /** Counts changes that were told of, to notice an answer that is older than one of them. */
  #changes = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Ask for everything anew; the event stream tells of changes from then on. */
  async refresh(): Promise<void> {
    for (let asked = -1; asked !== this.#changes;) {
      asked = this.#changes;
      const [streams, listening, health] = await Promise.all([
        this.#api.streams(),
        this.#api.listening(),
        this.#api.health(),
      ]);
      this.streams = streams.items;
      this.listening = listening.on;
      this.health = health;
      this.known = true;
    }
  }

  name(streamId: string): string | undefined {
    return this.streams.find((stream) => stream.id === streamId)?.name;
  }

  /** Take in a stream as it is now. */
  apply(change: Stream | StreamRemoved): void {
    this.#changes += 1;
    if ("removed" in change) {
      this.streams = this.streams.filter((stream) => stream.id !== change.id);
    } else if (this.streams.some((stream) => stream.id === change.id)) {
      this.streams = this.streams.map((stream) => (stream.id === change.id ? change : stream));
    } else {
      this.streams = [...this.streams, change];
    }
  }

  heard(health: Health): void {
    this.#changes += 1;
    this.health = health;
  }

  switched(on: boolean): void {
    this.#changes += 1;
    this.listening = on;
  }

  async listen(on: boolean): Promise<void> {
    await this.#answered(this.#api.setListening(on), (answer) => this.switched(answer.on));
  }

  async add(name: string, url: string): Promise<void> {
    await this.#answered(this.#api.addStream(name, url), (stream) => this.apply(stream));
  }

  async change(id: string, change: Partial<Pick<Stream, "name" | "listening">>): Promise<void> {
    await this.#answered(this.#api.changeStream(id, change), (stream) => this.apply(stream));
  }

  async steer(id: string, action: "start" | "stop" | "restart"): Promise<void> {
    await this.#answered(this.#api.steerStream(id, action), (stream) => this.apply(stream));
  }

  async remove(id: string): Promise<void> {
    await this.#api.removeStream(id);
    this.apply({ id, removed: true });
  }

  /**
   * Take in the answer to a command, unless the event stream told of a change while it was on
   * its way: the answer may be older than that change, so the server is asked how things are.
   */
  async #answered<Answer>(asked: Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    const changes = this.#changes;
    const answer = await asked;
    if (changes === this.#changes) take(answer);
    else await this.refresh();
  }
}
