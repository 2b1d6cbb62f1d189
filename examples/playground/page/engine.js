// The engine is the worker, asked by messages that are answered in order.

const waiting = new Map();
let worker, last = 0;

/** Starts the worker; resolves when it is ready. */
export function start() {
  return new Promise((resolve, reject) => {
    if (typeof WebAssembly !== 'object') return reject(new Error('WebAssembly'));
    worker = new Worker('worker.js');
    worker.onerror = e => reject(new Error(e.message || 'worker.js'));
    worker.onmessage = ({ data }) => {
      if (data === 'ready') return resolve();
      const reply = JSON.parse(data);
      if (reply.id === 0) return reject(new Error(reply.error));
      const { done, fail } = waiting.get(reply.id);
      waiting.delete(reply.id);
      reply.error ? fail(new Error(reply.error)) : done(reply.result);
    };
  });
}

/** Asks a view to do something: a promise of the result. */
export function ask(view, what, more = {}) {
  const id = ++last;
  return new Promise((done, fail) => {
    waiting.set(id, { done, fail });
    worker.postMessage(JSON.stringify({ ...more, id, view, do: what }));
  });
}

/** Does the work, and once more at its end if it was asked for meanwhile: a slider moves faster than a view begins. */
export function latest(work) {
  let busy = false, again = false;
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally { busy = false; }
  };
}

/** The bytes of base64. */
export const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

/** The numbers of a picture: see wire.Picture. */
export const picture = text => new Float32Array(bytes(text).buffer);
