import { tick } from "svelte";

/** So near to the end counts as being there, in pixels. */
const NEAR_BOTTOM = 48;

/**
 * The reader's place in a list that grows below, and above: at the bottom it stays at the bottom,
 * anywhere else the items in view stay where they are. (Safari has no `overflow-anchor`, so the
 * page does this itself everywhere.)
 */
export class Place {
  atBottom = $state(true);

  #scroller: HTMLElement;
  #content: HTMLElement;
  /** Where the list stood when last looked at. */
  #top = 0;

  constructor(scroller: HTMLElement, content: HTMLElement) {
    this.#scroller = scroller;
    this.#content = content;
  }

  /** Whether anything can be seen of the list at all. */
  get visible(): boolean {
    return this.#scroller.clientHeight > 0;
  }

  toBottom(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
    this.atBottom = true;
  }

  /** Look where the list stands; returns its distance from the top, in pixels. */
  look(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    // Items may have come since the scrolling that is told of: only going up leaves the bottom.
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM) this.atBottom = true;
    else if (scrollTop < this.#top) this.atBottom = false;
    this.#top = scrollTop;
    return scrollTop;
  }

  /** Call before items change that match `selector`; keeps the first one in view in its place. */
  hold(selector: string): void {
    const top = this.#scroller.getBoundingClientRect().top;
    const items = [...this.#content.querySelectorAll(selector)];
    const anchor = items.find((item) => item.getBoundingClientRect().bottom > top);
    if (anchor === undefined) return;
    const before = anchor.getBoundingClientRect().top;
    void tick().then(() => {
      if (anchor.isConnected)
        this.#scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    });
  }

  /** Call `moved` whenever the list or its frame changes size. Returns how to stop that. */
  watch(moved: () => void): () => void {
    const observer = new ResizeObserver(moved);
    observer.observe(this.#scroller);
    observer.observe(this.#content);
    return () => observer.disconnect();
  }
}
