import type { Finding, Place } from '../../model/diagnosis/finding.js';
import { FINDING_TITLES } from '../../model/diagnosis/finding.js';
import { count } from '../format/count.js';
import { hrefWith } from '../location.js';
import { ServiceChip } from '../parts/service-chip.js';
import { CallSiteLink } from './call-site-link.js';
import { SeveritySign } from './severity-sign.js';

const MOST_PLACES = 6;

/** A finding: what was seen, what to do, and its spans. `traceId` is that of the trace on the page. */
export function FindingItem({ finding, traceId }: { finding: Finding; traceId?: string }) {
  const { kind, severity, seen, advice, places, count: spans } = finding;
  const shown = differing(places, traceId).slice(0, MOST_PLACES);
  return (
    <li class="finding">
      <SeveritySign severity={severity} />
      <div class="finding-text">
        <h2>{FINDING_TITLES[kind]}</h2>
        <p>{seen}</p>
        <p class="quiet">{advice}</p>
        <ul class="places" aria-label="Spans">
          {shown.map((place) => (
            <li key={`${place.traceId} ${place.key}`}>
              <PlaceLink place={place} traceId={traceId} />
              {place.callSite !== undefined && <CallSiteLink site={place.callSite} />}
            </li>
          ))}
        </ul>
        {spans > shown.length && <p class="finding-aside">of {count(spans, 'span')}</p>}
      </div>
    </li>
  );
}

/** One of those that read alike, as a timer's spans do, of this trace where there is one. */
function differing(places: readonly Place[], traceId: string | undefined): Place[] {
  const byText = new Map<string, Place>();
  for (const place of places) {
    const { service, name, callSite } = place;
    const text = JSON.stringify([service, name, callSite]);
    const alike = byText.get(text);
    const isNearer = alike?.traceId !== traceId && place.traceId === traceId;
    if (alike === undefined || isNearer) byText.set(text, place);
  }
  return [...byText.values()];
}

function PlaceLink({ place, traceId }: { place: Place; traceId: string | undefined }) {
  const isHere = place.traceId === traceId;
  const href = isHere
    ? hrefWith({ span: place.key, view: undefined })
    : `/traces/${place.traceId}?${new URLSearchParams({ span: place.key })}`;
  return (
    <>
      <ServiceChip service={place.service} />
      <a href={href}>{place.name}</a>
      {traceId !== undefined && !isHere && <span class="finding-aside">in another trace</span>}
    </>
  );
}
