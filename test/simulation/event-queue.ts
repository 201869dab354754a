/** The next moment of each of many things, the earliest first: a binary heap in which a thing's moment can be changed. */
export class EventQueue {
  private readonly heap: Int32Array;
  private readonly places: Int32Array;
  private readonly moments: Float64Array;

  /** @param things 0 to this, exclusive; each begins without a moment */
  constructor(private readonly things: number) {
    this.heap = Int32Array.from({ length: things }, (_, thing) => thing);
    this.places = Int32Array.from({ length: things }, (_, thing) => thing);
    this.moments = new Float64Array(things).fill(Infinity);
  }

  /** Sets a thing's next moment; Infinity: none. */
  set(thing: number, moment: number): void {
    const before = this.momentOf(thing);
    this.moments[thing] = moment;
    if (moment < before) this.rise(this.places[thing] as number);
    else if (moment > before) this.sink(this.places[thing] as number);
  }

  momentOf(thing: number): number {
    return this.moments[thing] as number;
  }

  /** The thing whose moment is next. */
  first(): number {
    return this.heap[0] as number;
  }

  private at(place: number): number {
    return this.moments[this.heap[place] as number] as number;
  }

  private rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.at(parent) <= this.at(place)) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  private sink(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.things) return;
      const right = left + 1;
      const child = right < this.things && this.at(right) < this.at(left) ? right : left;
      if (this.at(place) <= this.at(child)) return;
      this.swap(place, child);
      place = child;
    }
  }

  private swap(one: number, other: number): void {
    const [thing, otherThing] = [this.heap[one] as number, this.heap[other] as number];
    this.heap[one] = otherThing;
    this.heap[other] = thing;
    this.places[otherThing] = one;
    this.places[thing] = other;
  }
}
