/** What the test gives a program when it builds it. */
declare const PLACE: {
  /** The address of a server on the loopback that is a Zipkin collector too. */
  readonly url: string;
  /** The name of the runtime and of how the program was built; the service of its spans. */
  readonly name: string;
};
