import type { ComponentChildren } from 'preact';

/** What is said in place of content: that something is empty, missing or out of reach. */
export function Message({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <section class="message">
      <h1>{title}</h1>
      {children}
    </section>
  );
}
