const shared = new WeakSet<object>();

/**
 * Says of an event that it is told to many subscribers as it is: the same object, which nobody changes any more, is the whole of what the
 * subscription's field answers to each of them. What depends on the caller or on arguments is in the event already.
 */
export function shareEvent<Event extends object>(event: Event): Event {
  shared.add(event);
  return event;
}

/** Whether somebody has said so. */
export const isSharedEvent = (event: unknown): event is object =>
  typeof event === 'object' && event !== null && shared.has(event);
