// Express 4 and the router of express 5 before it published what it does, which have no types of their own.
declare module 'express4' {
  export { default } from 'express';
}

declare module 'router22' {
  import { Router } from 'express';
  export default Router;
}
