import { serviceColour } from '../format/colour.js';
import { Marked } from './marked.js';

/** The custom properties from which the style sheet makes a service's colours. */
export function serviceStyle(service: string): Record<string, string> {
  const { hue, tone } = serviceColour(service);
  return { '--hue': String(hue), '--tone': String(tone) };
}

/** A service with its colour and, where it says something, its number of spans. */
export function ServiceChip({ service, spans }: { service: string; spans?: number }) {
  return (
    <span class="chip" style={serviceStyle(service)}>
      <span class="chip-name">
        <Marked text={service} />
      </span>
      {spans !== undefined && (
        <span class="chip-count">
          {spans}
          <span class="unseen"> spans</span>
        </span>
      )}
    </span>
  );
}

/** The services of a trace. With `most`, further ones become a number. */
export function ServiceChips(props: { services: [name: string, spans: number][]; most?: number }) {
  const { services, most = Number.POSITIVE_INFINITY } = props;
  const rest = services.slice(most);
  return (
    <ul class="chips" aria-label="Services">
      {services.slice(0, most).map(([service, spans]) => (
        <li key={service}>
          <ServiceChip service={service} spans={spans} />
        </li>
      ))}
      {rest.length > 0 && (
        <li class="chips-rest" title={rest.map(([service]) => service).join(', ')}>
          +{rest.length} more
        </li>
      )}
    </ul>
  );
}
