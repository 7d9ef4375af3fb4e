// A receiver's verdict, and alignment drawn as a picture: which of the three domains agree.
import Box from "@cloudscape-design/components/box";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Verdict } from "../lib/shapes";
import { texts } from "../texts";
import { ResultStatus } from "./status";

const good = "#037f0c";
const bad = "#d91515";

/** Long names are cut in the middle; the whole name is in the tooltip and in the words for screen readers. */
function short(name: string): string {
  return name.length <= 26 ? name : `${name.slice(0, 12)}…${name.slice(-13)}`;
}

interface NodeProps {
  x: number;
  y: number;
  title: string;
  name: string;
}

function Node({ x, y, title, name }: NodeProps) {
  return (
    <g>
      <title>{name}</title>
      <rect x={x - 100} y={y} width="200" height="54" rx="8" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <text x={x} y={y + 21} textAnchor="middle" fontSize="11" fill="currentColor">
        {title}
      </text>
      <text x={x} y={y + 41} textAnchor="middle" fontSize="13" fontWeight="700" fill="currentColor">
        {short(name)}
      </text>
    </g>
  );
}

function Edge({ from, to, agrees, label }: { from: number; to: number; agrees: boolean; label: string }) {
  return (
    <g>
      <line
        x1={from}
        y1={66}
        x2={to}
        y2={134}
        stroke={agrees ? good : bad}
        strokeWidth="3"
        strokeDasharray={agrees ? "none" : "6 5"}
      />
      <text x={(from + to) / 2 + (to < from ? -14 : 14)} y={98} textAnchor={to < from ? "end" : "start"} fontSize="12" fill="currentColor">
        {label}
      </text>
    </g>
  );
}

function AlignmentPicture({ verdict }: { verdict: Verdict }) {
  const copy = texts.verdict;
  const { spf, dkim, dmarc } = verdict;
  const signature = dkim.find((one) => one.result === "pass") ?? dkim[0];
  const author = dmarc.author_domain ?? copy.nothing;
  const mailFrom = spf.domain || copy.nothing;
  const signing = signature?.domain ?? copy.nothing;
  const words = (agrees: boolean) => (agrees ? copy.aligned : copy.notAligned);
  return (
    <svg
      className="alignment"
      viewBox="0 0 520 200"
      role="img"
      aria-label={copy.picture(author, mailFrom, words(dmarc.spf_aligned), signing, words(dmarc.dkim_aligned))}
    >
      <Node x={260} y={12} title={copy.author} name={author} />
      <Edge from={210} to={120} agrees={dmarc.spf_aligned} label={`${copy.spf} ${spf.result}`} />
      <Edge from={310} to={400} agrees={dmarc.dkim_aligned} label={`${copy.dkim} ${signature?.result ?? copy.nothing}`} />
      <Node x={120} y={134} title={copy.mailFrom} name={mailFrom} />
      <Node x={400} y={134} title={copy.signing} name={signing} />
    </svg>
  );
}

export function VerdictView({ verdict }: { verdict: Verdict }) {
  const copy = texts.verdict;
  const { spf, dkim, dmarc } = verdict;
  const agrees = (aligned: boolean) => (aligned ? copy.aligned : copy.notAligned);
  return (
    <SpaceBetween size="m">
      <AlignmentPicture verdict={verdict} />
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: copy.dmarc,
            value: (
              <SpaceBetween size="xxxs">
                <ResultStatus result={dmarc.result} />
                {dmarc.policy && <Box variant="small">{copy.policy(dmarc.policy)}</Box>}
                {dmarc.problem && <Box variant="small">{dmarc.problem}</Box>}
              </SpaceBetween>
            ),
          },
          {
            label: copy.spf,
            value: (
              <SpaceBetween size="xxxs">
                <ResultStatus result={spf.result} />
                <Box variant="small">
                  <span className="name">
                    {spf.domain} {agrees(dmarc.spf_aligned)}
                  </span>
                </Box>
                {spf.problem && <Box variant="small">{spf.problem}</Box>}
              </SpaceBetween>
            ),
          },
          {
            label: copy.dkim,
            value:
              dkim.length === 0 ? (
                copy.nothing
              ) : (
                <SpaceBetween size="xs">
                  {dkim.map((signature) => (
                    <SpaceBetween size="xxxs" key={`${signature.domain} ${signature.selector}`}>
                      <ResultStatus result={signature.result} />
                      <Box variant="small">
                        <span className="name">{signature.domain}</span>
                      </Box>
                      {signature.problem && <Box variant="small">{signature.problem}</Box>}
                    </SpaceBetween>
                  ))}
                </SpaceBetween>
              ),
          },
        ]}
      />
      <div>
        <Box variant="awsui-key-label">{copy.results}</Box>
        <Box variant="code">
          <span className="name">{verdict.authentication_results}</span>
        </Box>
      </div>
    </SpaceBetween>
  );
}
