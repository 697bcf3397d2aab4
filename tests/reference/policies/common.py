"""Shared by policies.py and scalar.py: reading a scenario, laws, working weeks, timings.

All times are SECONDS since as_of, as float64: whole seconds add up exactly, so ties can be tested."""
import csv, math, os, re, tomllib
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace as NS
from zoneinfo import ZoneInfo
import numpy as np

INF = math.inf
H = 3600.0
CAUSES = ["reauthorization", "static_ip", "token_rotation", "idle_timeout", "lifetime"]
REAUTH, STATIC, ROTATION, IDLE, LIFE = range(5)


class Bad(Exception):
    pass


def need(cond, msg):
    if not cond:
        raise Bad(msg)


# ------------------------------------------------------------------------------------------------ durations, instants

def duration(x, what="duration"):
    need(isinstance(x, str) and re.fullmatch(r"\s*(\d+(\.\d+)?\s*[mhdw]\s*)+", x), f"{what}: bad duration {x!r}")
    unit = {"m": 60.0, "h": H, "d": 24 * H, "w": 168 * H}
    return sum(float(n) * unit[u] for n, _, u in re.findall(r"(\d+(\.\d+)?)\s*([mhdw])", x))


def local_to_utc(naive, zone, what):
    a = naive.replace(tzinfo=zone, fold=0)
    b = naive.replace(tzinfo=zone, fold=1)
    need(a.utcoffset() == b.utcoffset(), f"{what}: local time {naive} is skipped or repeated in {zone}")
    return a.astimezone(timezone.utc)


def naive_wall_clock(s, what):
    m = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", s)
    need(m, f"{what}: bad time {s!r}")
    y, mo, d, h, mi, se = (int(g or 0) for g in m.groups())
    if h == 24:
        need(mi == 0 and se == 0, f"{what}: bad time {s!r}")
        return datetime(y, mo, d) + timedelta(days=1)
    return datetime(y, mo, d, h, mi, se)


RELATIVE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]*?)\s*([+-])\s*([0-9][0-9.mhdw ]*?)\s*(?:@\s*(\d\d:\d\d))?\s*")


class Clock:
    """turns what a file writes into seconds since as_of; knows the events, for relative times"""

    def __init__(self, zone, as_of):
        self.zone, self.as_of = zone, as_of
        self.written, self.busy = {}, set()                        # event id -> its own written `at`

    def utc(self, x, what, zone=None):
        zone = zone or self.zone
        if isinstance(x, datetime):
            return x.astimezone(timezone.utc) if x.tzinfo else local_to_utc(x, zone, what)
        if isinstance(x, date):
            return local_to_utc(datetime(x.year, x.month, x.day), zone, what)
        need(isinstance(x, str), f"{what}: an instant is a string, got {x!r}")
        if re.match(r"\d{4}-", x):
            if re.search(r"(Z|z|[+-]\d\d:\d\d)$", x):
                return datetime.fromisoformat(x).astimezone(timezone.utc)
            return local_to_utc(naive_wall_clock(x, what), zone, what)
        m = RELATIVE.fullmatch(x)
        need(m and m[1] in self.written, f"{what}: bad time {x!r}")
        base = self.event(m[1])
        sign = 1 if m[2] == "+" else -1
        if m[4] is None:
            return base + sign * timedelta(seconds=duration(m[3], what))
        days = duration(m[3], what) / (24 * H)
        need(days == int(days), f"{what}: whole days before an @")
        day = base.astimezone(zone).date() + sign * timedelta(days=int(days))
        return local_to_utc(naive_wall_clock(f"{day.isoformat()} {m[4]}", what), zone, what)

    def event(self, eid):
        need(eid not in self.busy, f"event {eid}: a circle of relative times")
        self.busy.add(eid)
        t = self.utc(self.written[eid], f"event {eid}")
        self.busy.discard(eid)
        return t

    def __call__(self, x, what, zone=None):
        return (self.utc(x, what, zone) - self.as_of).total_seconds()


# ------------------------------------------------------------------------------------------------ the normal law

def ppf(p):
    """inverse of the standard normal distribution (Wichura's AS 241)"""
    p = np.asarray(p, float)
    q = p - 0.5
    r = 0.180625 - q * q
    num = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r
           + 3.387132872796366608)
    den = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
            + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0)
    mid = q * num / den
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.sqrt(-np.log(np.minimum(p, 1 - p)))
        a = r - 1.6
        num = (((((((7.7454501427834140764e-4 * a + 0.0227238449892691845833) * a + 0.24178072517745061177) * a
                + 1.27045825245236838258) * a + 3.64784832476320460504) * a + 5.7694972214606914055) * a + 4.6303378461565452959) * a
               + 1.42343711074968357734)
        den = (((((((1.05075007164441684324e-9 * a + 5.475938084995344946e-4) * a + 0.0151986665636164571966) * a
                + 0.14810397642748007459) * a + 0.68976733498510000455) * a + 1.6763848301838038494) * a + 2.05319162663775882187) * a + 1.0)
        tail1 = num / den
        b = r - 5.0
        num = (((((((2.01033439929228813265e-7 * b + 2.71155556874348757815e-5) * b + 0.0012426609473880784386) * b
                + 0.026532189526576123093) * b + 0.29656057182850489123) * b + 1.7848265399172913358) * b + 5.4637849111641143699) * b
               + 6.6579046435011037772)
        den = (((((((2.04426310338993978564e-15 * b + 1.4215117583164458887e-7) * b + 1.8463183175100546818e-5) * b
                + 7.868691311456132591e-4) * b + 0.0148753612908506148525) * b + 0.13692988092273580531) * b + 0.59983220655588793769) * b + 1.0)
        tail = np.where(r <= 5.0, tail1, num / den)
    return np.where(np.abs(q) <= 0.425, mid, np.where(q < 0, -tail, tail))


_erfc = np.frompyfunc(math.erfc, 1, 1)


def sf(x):
    """the chance that a standard normal exceeds x"""
    return 0.5 * _erfc(np.asarray(x, float) / math.sqrt(2)).astype(float)


# ------------------------------------------------------------------------------------------------ laws (chance only)

class Law:
    """A law for a duration, in seconds.  inv(u): the value at u, uniform on (0, 1).
    inv_above(u, a): the same given that the value is greater than a.  top: no value is greater than this."""

    def __init__(self, spec, what, base_dir):
        self.what = what
        d = lambda x: duration(x, what)
        if isinstance(spec, str):
            self.kind, self.top = "point", d(spec)
            return
        need(isinstance(spec, dict) and len(spec) == 1, f"{what}: not a law: {spec!r}")
        (self.kind, p), = spec.items()
        if self.kind in ("uniform", "log_uniform"):
            self.lo, self.hi = d(p[0]), d(p[1])
            need(self.lo < self.hi and (self.kind == "uniform" or self.lo > 0), f"{what}: bad bounds")
            self.top = self.hi
        elif self.kind == "lognormal":
            self.median, self.sigma, self.top = d(p["median"]), float(p["sigma"]), INF
            need(set(p) == {"median", "sigma"}, f"{what}: bad lognormal")
        elif self.kind == "exponential":
            self.mean, self.top = d(p["mean"]), INF
            need(set(p) == {"mean"}, f"{what}: bad exponential")
        elif self.kind == "weibull":
            self.scale, self.shape, self.top = d(p["scale"]), float(p["shape"]), INF
            need(set(p) == {"scale", "shape"}, f"{what}: bad weibull")
        elif self.kind == "empirical":
            if isinstance(p, str):
                with open(os.path.join(base_dir, p), newline="") as f:
                    rows = list(csv.DictReader(f))
                p = [r["value" if "value" in rows[0] else next(iter(rows[0]))] for r in rows]
            self.values = np.sort(np.array([d(x) for x in p]))
            self.top = self.values[-1]
        else:
            raise Bad(f"{what}: this reference has no law {self.kind!r}")

    def inv(self, u):
        k = self.kind
        if k == "point":
            return np.full(len(u), self.top)
        if k == "uniform":
            return self.lo + (self.hi - self.lo) * u
        if k == "log_uniform":
            return self.lo * np.exp(math.log(self.hi / self.lo) * u)
        if k == "lognormal":
            return self.median * np.exp(self.sigma * ppf(u))
        if k == "exponential":
            return -self.mean * np.log(u)
        if k == "weibull":
            return self.scale * (-np.log(u)) ** (1 / self.shape)
        if k == "empirical":
            return self.values[np.minimum((u * len(self.values)).astype(int), len(self.values) - 1)]
        raise AssertionError(k)

    def inv_above(self, u, a):
        k = self.kind
        need((a < self.top).all(), f"{self.what}: cannot exceed the age")
        if k == "point":
            return np.full(len(u), self.top)
        if k == "uniform":
            lo = np.maximum(a, self.lo)
            return lo + (self.hi - lo) * u
        if k == "log_uniform":
            lo = np.maximum(a, self.lo)
            return lo * np.exp(np.log(self.hi / lo) * u)
        if k == "lognormal":
            with np.errstate(divide="ignore"):
                c = np.log(np.maximum(a, 0) / self.median) / self.sigma
            return np.maximum(a, self.median * np.exp(self.sigma * -ppf(u * sf(c))))
        if k == "exponential":
            return a - self.mean * np.log(u)
        if k == "weibull":
            return self.scale * ((a / self.scale) ** self.shape - np.log(u)) ** (1 / self.shape)
        if k == "empirical":
            first = np.searchsorted(self.values, a, side="right")
            m = len(self.values) - first
            return self.values[first + np.minimum((u * m).astype(int), m - 1)]
        raise AssertionError(k)


# ------------------------------------------------------------------------------------------------ human hours

def weight_percent(local, holidays):
    h = local.hour
    if local.weekday() >= 5 or local.date() in holidays:
        return 10 if 8 <= h < 20 else 2
    if 9 <= h < 17:
        return 100
    if 7 <= h < 9 or 17 <= h < 21:
        return 25
    return 2


class Week:
    """The weight over [0, t1] in one zone, constant on quarters of an hour of UTC."""
    Q = 900

    def __init__(self, as_of, zone, holidays, t1):
        base = as_of.timestamp()
        first = math.floor(base / self.Q) * self.Q
        count = math.ceil((base + t1 - first) / self.Q) + 1
        stamps = [first + i * self.Q for i in range(count)]
        self.edge = np.array(stamps + [first + count * self.Q]) - base
        self.w = np.array([float(weight_percent(datetime.fromtimestamp(s, zone), holidays)) for s in stamps])
        self.cum = np.concatenate([[0.0], np.cumsum(self.w * self.Q)])          # percent-seconds, whole numbers

    def clock(self, t):
        i = np.clip(np.searchsorted(self.edge, t, side="right") - 1, 0, len(self.w) - 1)
        return self.cum[i] + self.w[i] * (t - self.edge[i])

    def advance(self, t, delay):
        """the instant at which a delay that starts at t has run out on this clock; inf where beyond the end"""
        goal = self.clock(t) + delay * 100.0
        i = np.clip(np.searchsorted(self.cum, goal, side="left") - 1, 0, len(self.w) - 1)
        return np.where(goal > self.cum[-1], INF, np.maximum(t, self.edge[i] + (goal - self.cum[i]) / self.w[i]))


class Timing:
    """when those who act reconnect: a density on [lo, hi] made of pieces (const + exponential) or a curve"""

    def __init__(self, spec, opens, closes, week, at, base_dir, what):
        self.lo, self.hi = max(opens, 0.0), closes
        self.nobody = closes < self.lo
        self.curve = None
        if self.nobody:
            return
        half, office, steady, rem = None, False, 1.0, []
        if spec == "office-hours":
            office = True
        elif spec != "uniform":
            need(isinstance(spec, dict), f"{what}: timing")
            if "curve" in spec:
                need(set(spec) == {"curve"}, f"{what}: a curve stands alone")
                return self.read_curve(spec["curve"], opens, closes, at, base_dir, what)
            need(set(spec) <= {"half_life", "office_hours", "reminders", "steady"} and "half_life" in spec, f"{what}: timing")
            half, office = duration(spec["half_life"]), spec.get("office_hours", False)
            if "reminders" in spec:
                steady = float(spec.get("steady", 0.0))
                for r in spec["reminders"]:
                    need(set(r) <= {"at", "weight"}, f"{what}: reminder")
                    rem.append((at(r["at"], what), float(r.get("weight", 1.0))))
                need(all(t < closes for t, _ in rem), f"{what}: a reminder at or after the close")
            else:
                need("steady" not in spec, f"{what}: steady without reminders")
                steady, rem = 0.0, [(self.lo, 1.0)]                # MODEL.md: halving from the opening
        if self.lo == self.hi:
            self.edges = None
            return
        cuts = {self.lo, self.hi} | {t for t, _ in rem if self.lo < t < self.hi}
        if office:
            cuts |= {t for t in week.edge if self.lo < t < self.hi}
        e = np.array(sorted(cuts))
        l, r = e[:-1], e[1:]
        w = week.w[np.searchsorted(week.edge, l, side="right") - 1] / 100 if office else np.ones(len(l))
        self.edges, self.left, self.right = e, l, r
        self.rate = math.log(2) / half if half else 1.0
        const = steady / (closes - opens) * w
        amp = np.zeros(len(l))                                     # the exponential part of the density at the left edge
        for t, wt in rem:
            on = t <= l
            amp[on] += wt * self.rate * np.exp(-self.rate * (l[on] - t))
        self.mc = const * (r - l)
        self.me = w * amp / self.rate * -np.expm1(-self.rate * (r - l))
        total = (self.mc + self.me).sum()
        need(total > 0, f"{what}: no mass in the window")
        self.cdf = np.cumsum(self.mc + self.me) / total

    def read_curve(self, pts, opens, closes, at, base_dir, what):
        if isinstance(pts, str):
            with open(os.path.join(base_dir, pts), newline="") as f:
                pts = [[r["at"], float(r["share"])] for r in csv.DictReader(f)]
        T = [at(p[0], what) for p in pts]
        F = [float(p[1]) for p in pts]
        counts = F[-1] > 1
        if counts:
            F = [f / F[-1] for f in F]
        if T[0] > opens:
            T, F = [opens] + T, [0.0] + F
        if not counts and T[-1] < closes:
            T, F = T + [closes], F + [1.0]
        need(T[0] == opens and F[0] == 0 and F[-1] == 1 and T[-1] <= closes, f"{what}: curve ends")
        need(all(a < b for a, b in zip(T, T[1:])) and all(a <= b for a, b in zip(F, F[1:])), f"{what}: curve falls")
        T, F = np.array(T), np.array(F)
        if self.lo > opens:                                        # given that they act at or after as_of
            f0 = float(np.interp(self.lo, T, F))
            if f0 >= 1:
                self.nobody = True
                return
            keep = T > self.lo
            T, F = np.concatenate([[self.lo], T[keep]]), np.concatenate([[f0], F[keep]])
            F = (F - f0) / (1 - f0)
        self.curve = (T, F)

    def inv(self, u, v, z):
        """from three uniforms"""
        if self.curve is not None:
            T, F = self.curve
            i = np.clip(np.searchsorted(F, u, side="left") - 1, 0, len(F) - 2)       # F[i] < u <= F[i+1]
            return T[i] + (T[i + 1] - T[i]) * (u - F[i]) / (F[i + 1] - F[i])
        if self.edges is None:
            return np.full(len(u), self.lo)
        p = np.minimum(np.searchsorted(self.cdf, u, side="right"), len(self.cdf) - 1)
        l, r = self.left[p], self.right[p]
        expo = z * (self.mc[p] + self.me[p]) < self.me[p]
        te = l - np.log1p(v * np.expm1(-self.rate * (r - l))) / self.rate
        return np.where(expo, np.minimum(te, r), l + (r - l) * v)


# ------------------------------------------------------------------------------------------------ reading a scenario

def only(table, keys, what):
    keys = keys.split() if isinstance(keys, str) else keys
    need(isinstance(table, dict), f"{what}: a table")
    extra = set(table) - set(keys)
    need(not extra, f"{what}: unknown keys {sorted(extra)}")
    return table


def rate(x, what):
    need(isinstance(x, (int, float)) and not isinstance(x, bool), f"{what}: laws in not-knowing places are refused: {x!r}")
    need(0 <= x <= 1, f"{what}: out of range")
    return float(x)


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


KINDS = {"token_rotation": "lost_token race", "static_ip": "mismatch", "idle_timeout": "after retroactive",
         "lifetime": "after retroactive", "reauthorization": "required counts_from bites repeat grace warned"}


def load(path):
    with open(path, "rb") as f:
        doc = tomllib.load(f)
    base_dir = os.path.dirname(os.path.abspath(path))
    only(doc, "title time_zone seed runs deadline horizon tolerance population refresh event milestone reconnect "
              "recovery segment checkpoint guard", "scenario")
    need("title" in doc, "title")
    zone = ZoneInfo(doc["time_zone"])
    pop = only(doc["population"], "orgs as_of last_refresh connected", "population")
    as_of = Clock(zone, None).utc(pop["as_of"], "as_of")
    at = Clock(zone, as_of)
    sc = NS(doc=doc, as_of=as_of, zone=zone, path=path)

    # events
    sc.events = []
    for e in doc["event"]:
        only(e, "id name at waves until heals brownouts nudge".split() + list(KINDS), "event")
        need(("at" in e) != ("waves" in e), "event: either at or waves")
        e = {**e, "id": e.get("id") or slug(e["name"])}
        w = e.get("waves")
        at.written[e["id"]] = e["at"] if w is None else (w["from"] if isinstance(w, dict) else w[0]["at"])
        sc.events.append(e)
    need(len({e["id"] for e in sc.events}) == len(sc.events), "event ids are not unique")
    need(all(x != "never" for x in at.written.values()), "an event's own at is never")
    for e in sc.events:
        what = f"event {e['id']}"
        e["t"] = at(at.written[e["id"]], what)
        e["wave_list"] = None
        if "waves" in e:
            w = e["waves"]
            if isinstance(w, dict):
                only(w, "from to count", what)
                a, b, n = at(w["from"], what), at(w["to"], what), w["count"]
                need(a <= b and n >= 1 and (n > 1 or a == b), what + ": waves")
                e["wave_list"] = [(a + (b - a) * i / max(n - 1, 1), (i + 1) / n) for i in range(n)]
            else:
                cum, out = 0.0, []
                for x in w:
                    only(x, "at share", what)
                    cum += rate(x["share"], what)
                    out.append((at(x["at"], what), min(cum, 1.0)))
                need(cum <= 1.002, what + ": shares of waves above 1")
                if cum > 1 - 1e-9:
                    out[-1] = (out[-1][0], 1.0)
                e["wave_list"] = out
        e["until_t"] = at(e["until"], what) if "until" in e else INF
        need(e["until_t"] > e["t"], what + ": until at or before its at")
        need("until" in e or not e.get("heals"), what + ": heals without until")
        e["heal"] = bool(e.get("heals", False))
        e["windows"] = []
        for b in e.get("brownouts", []):
            only(b, "from to", what)
            e["windows"].append((at(b["from"], what), at(b["to"], what)))
        need(not e["windows"] or "reauthorization" in e, what + ": brownouts without a reauthorization")
        last = -INF
        for a, b in e["windows"]:
            need(last <= a < b and b <= e["until_t"], what + ": brownouts")
            need(b <= e["t"], what + ": a brownout ends after the event's own at")
            last = b
        ra = e.get("reauthorization")
        if ra is not None:
            only(ra, KINDS["reauthorization"], what)
            cf = ra.get("counts_from")
            e["counts"] = INF if cf is None else -INF if cf == "always" else at(cf, what)
            need(cf in (None, "always") or e["counts"] <= e["t"], what + ": counts_from after its at")
            e["once"] = ra.get("bites", "refresh") == "at-once"
            need(ra.get("bites", "refresh") in ("refresh", "at-once"), what + ": bites")
            e["repeat"] = ra.get("repeat", False)
            need(not (e["repeat"] and e["once"]), what + ": repeat with at-once")

    sc.horizon = at(doc["horizon"], "horizon")
    for m in doc.get("milestone", []):
        at(only(m, "name at id", "milestone")["at"], "milestone")

    # deadline and checkpoints: seconds in a zone
    def moment(table, what):
        t, clock = table["at"], table.get("clock", "absolute")
        need(clock in ("absolute", "org-local"), what + ": clock")
        if clock == "org-local":
            if isinstance(t, str) and not re.match(r"\d{4}-", t):
                need("@" in t, what + ": an elapsed relative time is not local (this reference refuses it)")
            elif isinstance(t, str):
                naive_wall_clock(t, what)
        return lambda z: at(t, what, z if clock == "org-local" else zone)
    dl = doc["deadline"]
    dl = only(dl, "at clock", "deadline") if isinstance(dl, dict) else {"at": dl}
    deadline = moment(dl, "deadline")
    sc.checkpoints = [(only(c, "name at clock tolerance", "checkpoint")["name"], moment(c, "checkpoint"))
                      for c in doc.get("checkpoint", [])]

    # reconnect
    sc.uptakes, rc = [None], None
    if "reconnect" in doc:
        rc = only(doc["reconnect"], "opens closes uptake timing correlation", "reconnect")
        need({"opens", "closes", "uptake"} <= set(rc), "reconnect: opens, closes, uptake")
        ups = rc["uptake"] if isinstance(rc["uptake"], list) else [rc["uptake"]]
        sc.uptakes = [rate(u, "uptake") for u in ups]

    # segments
    tables = doc.get("segment") or [{"id": "all", "share": 1.0}]
    sized = ["orgs" in s for s in tables]
    need(all(sized) or not any(sized), "orgs in some segments only")
    if sized[0]:
        counts = [s["orgs"] for s in tables]
        sc.orgs = sum(counts)
        need(pop.get("orgs", sc.orgs) == sc.orgs, "population.orgs is not the sum")
        need(not any("share" in s for s in tables), "orgs and share")
    else:
        sc.orgs = pop["orgs"]
        shares = [float(s["share"]) for s in tables]
        need(abs(sum(shares) - 1) <= 0.002, "shares do not add up to 1")
        exact = [s / sum(shares) * sc.orgs for s in shares]
        counts = [math.floor(x + 1e-9) for x in exact]
        order = sorted(range(len(exact)), key=lambda i: (-round(exact[i] - counts[i], 9), i))
        for i in order[:sc.orgs - sum(counts)]:
            counts[i] += 1

    sc.segments = []
    for s, count in zip(tables, counts):
        only(s, "id name share orgs time_zone holidays uptake uptake_factor population refresh recovery event reconnect", "segment")
        g = NS(id=s.get("id") or slug(s["name"]), count=count)
        what = g.id
        g.zone_name = s.get("time_zone", doc["time_zone"])
        g.zone = ZoneInfo(g.zone_name)
        g.holidays = {h if isinstance(h, date) else date.fromisoformat(h) for h in s.get("holidays", [])}
        need(not ("uptake" in s and "uptake_factor" in s), what + ": uptake beside uptake_factor")
        g.uptake = rate(s["uptake"], what) if "uptake" in s else None
        g.factor = float(s.get("uptake_factor", 1.0))
        g.deadline = deadline(g.zone)
        need(0 <= g.deadline <= sc.horizon, "deadline before as_of or after the horizon")
        g.checkpoints = [f(g.zone) for _, f in sc.checkpoints]
        need(all(0 <= c <= sc.horizon for c in g.checkpoints), "checkpoint out of range")

        sp = only(s.get("population", {}), "last_refresh connected", what)
        g.age = Law(sp.get("last_refresh", pop.get("last_refresh", {"uniform": ["1h", "1400h"]})), what + ": last_refresh", base_dir)
        conn = sp.get("connected", pop.get("connected"))
        g.connected = None if conn is None else Law(conn, what + ": connected", base_dir)
        base_rf = only(doc.get("refresh", {}), "interval heartbeat", "refresh")
        rf = only(s.get("refresh", {}), "interval heartbeat", what)
        g.interval = Law(rf.get("interval", base_rf.get("interval", "1400h")), what + ": interval", base_dir)
        hb = {**base_rf.get("heartbeat", {}), **rf.get("heartbeat", {})}
        g.coverage = rate(only(hb, "coverage", "heartbeat").get("coverage", 1.0), "coverage")
        rv = {**doc.get("recovery", {}), **s.get("recovery", {})}
        g.recovery, g.office = None, False
        if rv:
            only(rv, "after office_hours", "recovery")
            g.recovery, g.office = Law(rv["after"], what + ": recovery.after", base_dir), rv.get("office_hours", False)

        # this segment's events
        over = only(s.get("event", {}), [e["id"] for e in sc.events], what)
        g.at, g.nudge = [], []                                     # own instant (None: the event's), by event
        g.rot, g.ip, g.idle, g.life, g.re = [], [], [], [], []     # controls, each knows its event's index e
        for j, e in enumerate(sc.events):
            o = only(over.get(e["id"], {}), ["at", "nudge"] + list(KINDS), what)
            need(set(o) - {"at", "nudge"} <= set(e), what + ": overrides a control that the event lacks")
            own = o.get("at")
            g.at.append(None if own is None else INF if own == "never" else at(own, what))
            g.nudge.append(rate(o.get("nudge", e.get("nudge", 0.0)), "nudge"))

            def control(kind):
                return only({**e[kind], **o.get(kind, {})}, KINDS[kind], kind) if kind in e else None
            if (c := control("token_rotation")) is not None:
                g.rot.append(NS(e=j, lost=rate(c.get("lost_token", 0.0), "lost_token"), race=rate(c.get("race", 0.0), "race")))
            if (c := control("static_ip")) is not None:
                g.ip.append(NS(e=j, mismatch=rate(c.get("mismatch", 0.0), "mismatch")))
            if (c := control("idle_timeout")) is not None:
                g.idle.append(NS(e=j, after=duration(c["after"]), retro=c.get("retroactive", False)))
            if (c := control("lifetime")) is not None:
                g.life.append(NS(e=j, after=duration(c["after"]), retro=c.get("retroactive", False)))
                need(g.connected is not None or not (g.life[-1].retro or e["t"] < 0), what + ": population.connected is needed")
            if (c := control("reauthorization")) is not None:
                q = c.get("required", 1.0)
                if isinstance(q, list):
                    for x in q:
                        only(x, "from is", what)
                    steps = [(at(x["from"], what), rate(x["is"], what)) for x in q]
                    need(all(a[0] < b[0] for a, b in zip(steps, steps[1:])), what + ": steps")
                else:
                    steps = [(-INF, rate(q, what))]
                need(isinstance(o.get("reauthorization", {}), dict) and set(o.get("reauthorization", {})) <= {"required", "warned", "grace"}, what)
                g.re.append(NS(e=j, step_t=np.array([a for a, _ in steps]), step_p=np.array([0.0] + [b for _, b in steps]),
                               counts=e["counts"], once=e["once"], repeat=e["repeat"],
                               grace=duration(c["grace"]) if "grace" in c else 0.0, warned=rate(c.get("warned", 0.0), "warned")))
                need(g.recovery is not None or (g.re[-1].warned == 0 and g.nudge[j] == 0), what + ": [recovery] is needed")

        # the window
        g.timing, wclose = None, 0.0
        src = only(s.get("reconnect", {}), "opens closes timing correlation", what)
        need(rc is not None or not src, what + ": reconnect of a segment without [reconnect]")
        if rc is not None:
            opens, closes = (at(src.get(k, rc[k]), what) for k in ("opens", "closes"))
            need(opens <= closes, what + ": the window closes before it opens")
            wclose = closes
        g.end = max(sc.horizon, g.deadline)
        g.week = Week(as_of, g.zone, g.holidays, max(g.end, wclose, 0.0))
        if rc is not None:
            g.timing = Timing(src.get("timing", rc.get("timing", "uniform")), opens, closes, g.week, at, base_dir, what)
            if g.timing.nobody:
                g.timing = None
        sc.segments.append(g)

    # guard
    sc.guard = None
    if "guard" in doc:
        q = only(doc["guard"], "event checks stop delay then", "guard")
        ids = [e["id"] for e in sc.events]
        ch = q["checks"]
        if isinstance(ch, dict):
            only(ch, "from to every", "guard")
            a, b, d = at(ch["from"], "guard"), at(ch["to"], "guard"), duration(ch["every"])
            checks = [a + i * d for i in range(int(math.floor((b - a) / d + 1e-9)) + 1)]
        else:
            checks = [at(x, "guard") for x in ch]
        need(all(x < y for x, y in zip(checks, checks[1:])), "guard: checks ascend")
        m = re.fullmatch(r"\s*failed\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*", q["stop"])
        need(m, "guard: stop")
        then = q.get("then", "halt")
        need(then in ("halt", "lift"), "guard: then")
        sc.guard = NS(e=ids.index(q["event"]), checks=checks, limit=float(m[1]), percent=m[2] == "%",
                      delay=duration(q["delay"]) if "delay" in q else 0.0, lift=then == "lift")
    return sc
