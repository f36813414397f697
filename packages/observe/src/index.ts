export { createObserver } from './observer.ts'
export type { ObservedContext, Observer, ObserverMiddleware, ObserverOptions } from './observer.ts'
// Left out on purpose: the metrics themselves, which are read as text, and the limit on their labels.
