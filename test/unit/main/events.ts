/** Events of Electron's objects. What a listener is called with is the test's; that the names exist, Electron's types say where they are used. */
import { EventEmitter } from 'node:events';

export interface Events<On> {
  readonly on: On;
  readonly off: On;
  readonly once: On;
  emit(name: string, ...given: readonly unknown[]): void;
  count(name: string): number;
}

/** `On` is the type of the object's own `on`, with all its overloads; its `this` is nothing that anyone relies on. */
export function eventsOf<On>(): Events<On> {
  const emitter = new EventEmitter();
  return {
    on: emitter.on.bind(emitter) as unknown as On,
    off: emitter.off.bind(emitter) as unknown as On,
    once: emitter.once.bind(emitter) as unknown as On,
    emit: (name, ...given) => void emitter.emit(name, ...given),
    count: (name) => emitter.listenerCount(name),
  };
}

/** An event that can be prevented, and whether it was. */
export function preventable<T extends object>(more: T): T & { prevented: boolean; preventDefault(): void } {
  const event = {
    ...more,
    prevented: false,
    preventDefault: () => {
      event.prevented = true;
    },
  };
  return event;
}
