// Phone numbers as people write them, made into those that the API takes: +, calling code, digits.

/** Regions with their calling codes, by the prefix that is dialled before a number inside the country and dropped outside. */
const TRUNKS = {
  "0": `AE971 AF93 AL355 AM374 AR54 AT43 AU61 AX358 AZ994 BA387 BD880 BE32 BG359 BL590 BO591 BR55 CC61 CD243 CH41 CN86
    CO57 CU53 CX61 DE49 DZ213 EC593 EG20 EH212 ER291 ET251 FI358 FR33 GB44 GE995 GF594 GG44 GH233 GP590 HR385 ID62
    IE353 IL972 IM44 IN91 IQ964 IR98 JE44 JO962 JP81 KE254 KG996 KH855 KI686 KP850 KR82 LA856 LB961 LI423 LK94 LR231
    LT370 LY218 MA212 MC377 MD373 ME382 MF590 MG261 MK389 MM95 MN976 MQ596 MW265 MY60 NA264 NG234 NL31 NP977 NZ64
    PE51 PH63 PK92 PM508 PS970 PY595 RE262 RO40 RS381 RW250 SA966 SD249 SE46 SI386 SK421 SL232 SO252 SS211 SY963
    TH66 TR90 TW886 TZ255 UA380 UG256 UY598 VE58 VN84 XK383 YE967 YT262 ZA27 ZM260 ZW263`,
  "": `AC247 AD376 AO244 AW297 BF226 BH973 BI257 BJ229 BN673 BQ599 BT975 BW267 BZ501 CF236 CG242 CI225 CK682 CL56 CM237
    CR506 CV238 CW599 CY357 CZ420 DJ253 DK45 EE372 ES34 FJ679 FK500 FM691 FO298 GA241 GI350 GL299 GM220 GN224 GQ240
    GR30 GT502 GW245 GY592 HK852 HN504 HT509 IO246 IS354 IT39 KM269 KW965 LS266 LU352 LV371 ML223 MO853 MR222 MT356
    MU230 MV960 MX52 MZ258 NC687 NE227 NF672 NI505 NO47 NR674 NU683 OM968 PA507 PF689 PG675 PL48 PT351 PW680 QA974
    SB677 SC248 SG65 SH290 SJ47 SM378 SN221 SR597 ST239 SV503 SZ268 TA290 TD235 TG228 TJ992 TK690 TL670 TN216 TO676
    TV688 UZ998 VA39 VU678 WF681 WS685`,
  "1": `AG1 AI1 AS1 BB1 BM1 BS1 CA1 DM1 DO1 GD1 GU1 JM1 KN1 KY1 LC1 MH692 MP1 MS1 PR1 SX1 TC1 TT1 US1 VC1 VG1 VI1`,
  "8": `KZ7 RU7 TM993`,
  "80": `BY375`,
  "06": `HU36`,
}

/** Of the regions that share a calling code, the one that is meant when a number tells no more. */
const MAIN = ["US", "RU", "IT", "GB", "NO", "AU", "MA", "RE", "SH", "FI", "GP", "CW"]

const COUNTRIES = new Map(Object.entries(TRUNKS).flatMap(([trunk, regions]) =>
  regions.split(/\s+/).map(entry => [entry.slice(0, 2), { region: entry.slice(0, 2), code: entry.slice(2), trunk }])))

/** All countries with their names in a language, in its order. */
export function countries(language) {
  const names = globalThis.Intl.DisplayNames ? new Intl.DisplayNames([language], { type: "region" }) : { of: region => region }
  const order = new Intl.Collator(language).compare
  return [...COUNTRIES.values()]
    .map(country => ({ ...country, name: names.of(country.region) }))
    .sort((a, b) => order(a.name, b.name))
}

/** The country this person is likely in, by the languages of the browser; null when they do not tell. */
export function guessRegion(languages) {
  const locales = languages.flatMap(language => {
    try { return [new Intl.Locale(language)] } catch { return [] }  // some browsers say "C"
  })
  return [...locales, ...locales.slice(0, 1).map(locale => locale.maximize())]
    .map(locale => locale.region).find(region => COUNTRIES.has(region)) ?? null
}

/** The digits of any script, without what people put between them. */
const tidy = text => text.normalize("NFKC").replace(/\p{Nd}/gu, digitValue)
  .replace(/^\s*tel:/i, "").replace(/\(0\)/, "").replace(/;.*|\s*(ext|x)\.?\s*\d+$/i, "")
  .replace(/[\s\p{Cf}\p{Pd}().[\]/·*~]/gu, "")

/** Every script has its ten digits in a row, and the zero is the one whose predecessor is none. */
function digitValue(digit) {
  const point = digit.codePointAt(0)
  let zero = point
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return point - zero
}

function byCode(digits, region) {
  const matches = [...COUNTRIES.values()].filter(country => digits.startsWith(country.code))
  return matches.find(country => country.region == region) ?? matches.find(country => MAIN.includes(country.region)) ?? matches[0]
}

function withoutTrunk(digits, { trunk }) {
  // Ten digits are a whole number where the prefix is 1 or 8, and may begin with that.
  const isWhole = "18".includes(trunk) && digits.length == 10
  return digits.startsWith(trunk) && !isWhole ? digits.slice(trunk.length) : digits
}

/** A number of the API with its calling code set apart, on one line. */
export function formatNumber(number) {
  const { code, national } = parseNumber(number)
  return `+${code}\u00A0${national}`
}

/**
 * What was typed or pasted, read as a number of a region unless it says otherwise: `number` as the API takes it, or null
 * without any digit; `region` null for a calling code of no country; `code` and `national`, its two parts.
 */
export function parseNumber(text, region) {
  const digits = tidy(text)
  const international = digits.match(/^(?:\+|00)(.*)$/)?.[1]
  const isInternational = international != null
  const country = isInternational ? byCode(international, region) : COUNTRIES.get(region)
  const code = country?.code ?? ""
  const national = withoutTrunk(isInternational ? international.slice(code.length) : digits, country ?? { trunk: "" })
  // What is left of anything else stays: the server says what is wrong with it.
  const number = /\d/.test(digits) ? `+${code}${national}` : null
  return { number, region: country?.region ?? null, code, national, isInternational }
}
