#!/usr/bin/env python3
"""Reference Monte Carlo for the model (docs/model.md).  Plain and slow on purpose.

usage: python ref.py scenario.toml --orgs 200000 --seed 1 [--curve 12]

Every org is simulated event by event (the loop in `simulate`); numpy only runs the orgs of one segment side by side.
All times are SECONDS since as_of, as float64: whole seconds add up exactly, so the tie rules can be tested.
Each (uptake, segment) pair is simulated afresh, with its own random stream.
"""
import argparse, csv, json, math, os, re, sys, tomllib
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo
import numpy as np

INF = math.inf
H = 3600.0
CAUSES = ["reauthorization", "static_ip", "token_rotation", "idle_timeout"]   # code in `cause` = index; -1 = none
REAUTH, STATIC, ROTATION, IDLE = range(4)


class Bad(Exception):
    """the scenario is wrong, or uses something this reference refuses"""


def need(cond, msg):
    if not cond:
        raise Bad(msg)


# ------------------------------------------------------------------------------------------------ durations, instants

def duration(x, what):
    """'90m', '36h', '30d', '2w', '1d 12h' -> seconds"""
    need(isinstance(x, str), f"{what}: a duration is a string, got {x!r} (a law here is refused by the reference)")
    need(re.fullmatch(r"\s*(\d+(\.\d+)?\s*[mhdw]\s*)+", x), f"{what}: bad duration {x!r}")
    unit = {"m": 60.0, "h": H, "d": 24 * H, "w": 168 * H}
    return sum(float(n) * unit[u] for n, _, u in re.findall(r"(\d+(\.\d+)?)\s*([mhdw])", x))


def local_to_utc(naive, zone, what):
    a = naive.replace(tzinfo=zone, fold=0)
    b = naive.replace(tzinfo=zone, fold=1)
    need(a.utcoffset() == b.utcoffset(), f"{what}: local time {naive} is skipped or repeated in {zone}")
    return a.astimezone(timezone.utc)


def naive_wall_clock(s, what):
    """'YYYY-MM-DD HH:MM', 24:00 allowed -> naive datetime"""
    m = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", s)
    need(m, f"{what}: bad time {s!r}")
    y, mo, d, h, mi, se = (int(g or 0) for g in m.groups())
    if h == 24:
        need(mi == 0 and se == 0, f"{what}: bad time {s!r}")
        return datetime(y, mo, d) + timedelta(days=1)
    return datetime(y, mo, d, h, mi, se)


def instant(x, zone, what):
    """-> aware UTC datetime"""
    if isinstance(x, datetime):
        return x.astimezone(timezone.utc) if x.tzinfo else local_to_utc(x, zone, what)
    if isinstance(x, date):
        return local_to_utc(datetime(x.year, x.month, x.day), zone, what)
    need(isinstance(x, str), f"{what}: an instant is a string, got {x!r} (laws are refused)")
    if re.search(r"(Z|z|[+-]\d\d:\d\d)$", x):
        return datetime.fromisoformat(x).astimezone(timezone.utc)
    return local_to_utc(naive_wall_clock(x, what), zone, what)


# ------------------------------------------------------------------------------------------------ laws (chance only)

class Law:
    """A law for a duration, in seconds.
    draw(rng, n): n values.   draw_above(rng, a): one value for each a[i], given that it is greater than a[i].
    top: no value is greater than this."""

    def __init__(self, spec, what, base_dir):
        self.what = what
        if isinstance(spec, str):
            self.kind, self.v = "point", duration(spec, what)
            self.top = self.v
            return
        need(isinstance(spec, dict) and len(spec) == 1, f"{what}: not a law: {spec!r}")
        (self.kind, p), = spec.items()
        d = lambda x: duration(x, what)
        if self.kind in ("uniform", "log_uniform"):
            need(len(p) == 2, f"{what}: two numbers")
            self.lo, self.hi = d(p[0]), d(p[1])
            need(self.lo < self.hi and (self.kind == "uniform" or self.lo > 0), f"{what}: bad bounds")
            self.top = self.hi
        elif self.kind in ("triangular", "pert"):
            need(len(p) == 3, f"{what}: three numbers")
            self.lo, self.mode, self.hi = map(d, p)
            need(self.lo <= self.mode <= self.hi and self.lo < self.hi, f"{what}: bad bounds")
            self.top = self.hi
        elif self.kind == "normal":
            self.mean, self.sd, self.top = d(p["mean"]), d(p["sd"]), INF
            need(set(p) == {"mean", "sd"} and self.sd > 0, f"{what}: bad normal")
        elif self.kind == "lognormal":
            self.median, self.sigma, self.top = d(p["median"]), float(p["sigma"]), INF
            need(set(p) == {"median", "sigma"} and self.median > 0 and self.sigma > 0, f"{what}: bad lognormal")
        elif self.kind == "exponential":
            self.mean, self.top = d(p["mean"]), INF
            need(set(p) == {"mean"} and self.mean > 0, f"{what}: bad exponential")
        elif self.kind == "weibull":
            self.scale, self.shape, self.top = d(p["scale"]), float(p["shape"]), INF
            need(set(p) == {"scale", "shape"} and self.scale > 0 and self.shape > 0, f"{what}: bad weibull")
        elif self.kind == "empirical":
            if isinstance(p, str):
                with open(os.path.join(base_dir, p), newline="") as f:
                    rows = list(csv.DictReader(f))
                col = "value" if "value" in rows[0] else next(iter(rows[0]))
                need("value" in rows[0] or len(rows[0]) == 1, f"{what}: which column?")
                p = [r[col] for r in rows]
            need(len(p) > 0, f"{what}: empty list")
            self.values = np.sort(np.array([d(x) for x in p]))
            self.top = self.values[-1]
        else:
            raise Bad(f"{what}: the reference refuses the law {self.kind!r} for a duration")

    def draw(self, rng, n):
        k = self.kind
        if k == "point":
            return np.full(n, self.v)
        if k == "uniform":
            return self.lo + (self.hi - self.lo) * rng.random(n)
        if k == "log_uniform":
            return np.exp(math.log(self.lo) + math.log(self.hi / self.lo) * rng.random(n))
        if k == "triangular":
            return rng.triangular(self.lo, self.mode, self.hi, n)
        if k == "pert":
            a, b = self.pert_ab()
            return self.lo + (self.hi - self.lo) * rng.beta(a, b, n)
        if k == "normal":                                  # cut (conditioned, not clamped) to > 0
            x = rng.normal(self.mean, self.sd, n)
            while (bad := x <= 0).any():
                x[bad] = rng.normal(self.mean, self.sd, bad.sum())
            return x
        if k == "lognormal":
            return self.median * np.exp(self.sigma * rng.standard_normal(n))
        if k == "exponential":
            return rng.exponential(self.mean, n)
        if k == "weibull":
            return self.scale * rng.weibull(self.shape, n)
        if k == "empirical":
            return self.values[rng.integers(0, len(self.values), n)]
        raise AssertionError(k)

    def pert_ab(self):                                     # the usual PERT: a beta law with weight 4 on the mode
        w = self.hi - self.lo
        return 1 + 4 * (self.mode - self.lo) / w, 1 + 4 * (self.hi - self.mode) / w

    def draw_above(self, rng, a):
        """X given X > a, for each a.  By S(X) = U * S(a) where the survival function S inverts, else by rejection."""
        k, n = self.kind, len(a)
        need((a < self.top).all(), f"{self.what}: cannot exceed the age")
        u = 1.0 - rng.random(n)                            # in (0, 1]
        if k == "point":
            return np.full(n, self.v)
        if k == "uniform":
            lo = np.maximum(a, self.lo)
            return self.hi - (self.hi - lo) * u
        if k == "log_uniform":
            lo = np.log(np.maximum(a, self.lo))
            return np.exp(math.log(self.hi) - (math.log(self.hi) - lo) * u)
        if k == "triangular":
            lo, c, hi = self.lo, self.mode, self.hi
            a = np.maximum(a, lo)
            with np.errstate(divide="ignore", invalid="ignore"):
                s = np.where(a >= c, (hi - a) ** 2 / ((hi - lo) * (hi - c)), 1 - (a - lo) ** 2 / ((hi - lo) * (c - lo)))
            s = s * u
            sc = (hi - c) / (hi - lo)                      # S(mode)
            return np.where(s <= sc, hi - np.sqrt(s * (hi - lo) * (hi - c)),
                            lo + np.sqrt(np.maximum(1 - s, 0) * (hi - lo) * (c - lo)))
        if k == "exponential":
            return a + rng.exponential(self.mean, n)
        if k == "weibull":
            return self.scale * ((a / self.scale) ** self.shape + rng.exponential(1.0, n)) ** (1 / self.shape)
        if k == "empirical":                               # one of the listed values greater than a, equally likely
            first = np.searchsorted(self.values, a, side="right")
            return self.values[first + np.floor(rng.random(n) * (len(self.values) - first)).astype(int)]
        if k == "normal":
            return self.mean + self.sd * normal_above(rng, (np.maximum(a, 0) - self.mean) / self.sd)
        if k == "lognormal":
            with np.errstate(divide="ignore"):
                c = np.log(a / self.median) / self.sigma
            return self.median * np.exp(self.sigma * normal_above(rng, c))
        if k == "pert":
            al, be = self.pert_ab()
            c = np.maximum((a - self.lo) / (self.hi - self.lo), 0.0)
            return self.lo + (self.hi - self.lo) * beta_above(rng, al, be, c)
        raise AssertionError(k)


def normal_above(rng, c):
    """standard normal given > c: plain rejection where that is likely, Marsaglia's exact tail method otherwise"""
    x = np.empty(len(c))
    todo = np.arange(len(c))
    while len(todo):
        cc = c[todo]
        tail = cc > 0.5
        z = rng.standard_normal(len(todo))
        t = np.sqrt(np.where(tail, cc, 0) ** 2 + 2 * rng.exponential(1.0, len(todo)))
        ok = np.where(tail, rng.random(len(todo)) * t <= cc, z > cc)
        x[todo] = np.where(tail, t, z)
        todo = todo[~ok]
    return x


def beta_above(rng, a, b, c):
    """beta(a, b), a and b at least 1, given > c.  Below the mean: plain rejection.  Above: propose from the density
    proportional to (1-x)^(b-1) on (c, 1) and accept with probability x^(a-1)."""
    x = np.empty(len(c))
    todo = np.arange(len(c))
    while len(todo):
        cc, n = c[todo], len(todo)
        high = cc > a / (a + b)
        z = np.where(high, 1 - (1 - cc) * rng.random(n) ** (1 / b), rng.beta(a, b, n))
        ok = np.where(high, rng.random(n) <= np.abs(z) ** (a - 1), z > cc)
        x[todo] = z
        todo = todo[~ok]
    return x


# ------------------------------------------------------------------------------------------------ human hours

def weight_percent(local, holidays):
    """weight of a local (naive or aware) datetime, in whole percent"""
    h = local.hour
    if local.weekday() >= 5 or local.date() in holidays:
        return 10 if 8 <= h < 20 else 2
    if 9 <= h < 17:
        return 100
    if 7 <= h < 9 or 17 <= h < 21:
        return 25
    return 2


class Week:
    """The weight over [t0, t1] (seconds since as_of) in one zone, constant on quarters of an hour of UTC (every zone's
    offset and every daylight-saving change falls on one)."""

    Q = 900

    def __init__(self, as_of, zone, holidays, t0, t1):
        base = as_of.timestamp()
        first = math.floor((base + t0) / self.Q) * self.Q
        count = math.ceil((base + t1 - first) / self.Q) + 1
        stamps = [first + i * self.Q for i in range(count)]
        self.edge = np.array(stamps + [first + count * self.Q]) - base          # count + 1 edges
        self.w = np.array([float(weight_percent(datetime.fromtimestamp(s, zone), holidays)) for s in stamps])
        self.cum = np.concatenate([[0.0], np.cumsum(self.w * self.Q)])          # percent-seconds, whole numbers

    def clock(self, t):
        """integral of the weight up to t, in percent-seconds"""
        i = np.searchsorted(self.edge, t, side="right") - 1
        i = np.clip(i, 0, len(self.w) - 1)
        return self.cum[i] + self.w[i] * (t - self.edge[i])


def draw_reconnect(rng, n, timing, lo, hi, week):
    """times in [lo, hi]"""
    if lo == hi:
        return np.full(n, lo)
    half_life, office = timing
    # break the window into pieces of constant weight
    if office:
        inside = week.edge[(week.edge > lo) & (week.edge < hi)]
        edges = np.concatenate([[lo], inside, [hi]])
        i = np.searchsorted(week.edge, edges[:-1], side="right") - 1
        w = week.w[i]
    else:
        edges, w = np.array([lo, hi]), np.array([1.0])
    left, right = edges[:-1], edges[1:]
    if half_life is None:
        mass = w * (right - left)
    else:
        rate = math.log(2) / half_life
        mass = w * (np.exp(-rate * (left - lo)) - np.exp(-rate * (right - lo)))
    cdf = np.cumsum(mass) / mass.sum()
    piece = np.minimum(np.searchsorted(cdf, rng.random(n), side="right"), len(mass) - 1)
    l, r, u = left[piece], right[piece], rng.random(n)
    if half_life is None:
        return l + (r - l) * u
    return l - np.log1p(-u * -np.expm1(-rate * (r - l))) / rate                 # exponential law cut to the piece


# ------------------------------------------------------------------------------------------------ reading a scenario

def only(table, keys, what):
    extra = set(table) - set(keys)
    need(not extra, f"{what}: unknown keys {sorted(extra)}")
    return table


def rate(x, what):
    need(isinstance(x, (int, float)) and not isinstance(x, bool), f"{what}: laws in not-knowing places are refused: {x!r}")
    need(0 <= x <= 1, f"{what}: out of range")
    return float(x)


class Segment:
    pass


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def load(path):
    with open(path, "rb") as f:
        doc = tomllib.load(f)
    base_dir = os.path.dirname(os.path.abspath(path))
    only(doc, "title time_zone seed runs deadline horizon tolerance population refresh event milestone reconnect "
              "recovery segment".split(), "scenario")
    zone = ZoneInfo(doc["time_zone"])
    pop = only(doc["population"], ["orgs", "as_of", "last_refresh", "inventory"], "population")
    need("inventory" not in pop, "inventories are refused by the reference")
    orgs = pop["orgs"]
    need(isinstance(orgs, int), "population.orgs: a law is refused")
    as_of = instant(pop["as_of"], zone, "as_of")
    rel = lambda x, what: (instant(x, zone, what) - as_of).total_seconds()

    sc = Segment()
    sc.doc, sc.as_of, sc.orgs, sc.zone = doc, as_of, orgs, zone
    sc.horizon = rel(doc["horizon"], "horizon")

    dl = doc["deadline"]
    dl = only(dl, ["at", "clock"], "deadline") if isinstance(dl, dict) else {"at": dl}
    clock = dl.get("clock", "absolute")
    need(clock in ("absolute", "org-local"), "deadline.clock")
    for m in doc.get("milestone", []):
        rel(only(m, ["name", "at", "id"], "milestone")["at"], "milestone")

    # events, as plain tables
    events = []
    for e in doc["event"]:
        only(e, ["id", "name", "at", "token_rotation", "static_ip", "idle_timeout", "reauthorization"], "event")
        events.append({**e, "id": e.get("id") or slug(e["name"]), "t": rel(e["at"], "event.at")})
    need(len({e["id"] for e in events}) == len(events), "event ids are not unique")

    # reconnect
    sc.uptakes, sc.window = [None], None
    if "reconnect" in doc:
        rc = only(doc["reconnect"], ["opens", "closes", "uptake", "timing"], "reconnect")
        opens, closes = rel(rc["opens"], "opens"), rel(rc["closes"], "closes")
        need(opens <= closes, "the window closes before it opens")
        ups = rc["uptake"] if isinstance(rc["uptake"], list) else [rc["uptake"]]
        sc.uptakes = [rate(u, "uptake") for u in ups]
        lo = max(opens, 0.0)
        sc.window = (lo, closes) if closes >= lo else None         # wholly before as_of: nobody reconnects
        tm = rc.get("timing", "uniform")
        if tm == "uniform":
            sc.timing = (None, False)
        elif tm == "office-hours":
            sc.timing = (None, True)
        else:
            need(isinstance(tm, dict), "reconnect.timing")
            only(tm, ["half_life", "office_hours"], "timing")
            sc.timing = (duration(tm["half_life"], "half_life"), tm.get("office_hours", False))

    # segments
    tables = doc.get("segment", [])
    plain = not tables
    if plain:
        tables = [{"id": "all", "share": 1.0}]
    total = sum(float(s["share"]) for s in tables)
    need(abs(total - 1) <= 0.002, "shares do not add up to 1")
    sc.segments = []
    for s in tables:
        only(s, "id name share time_zone holidays uptake_factor population refresh recovery event".split(), "segment")
        g = Segment()
        g.id = s.get("id") or slug(s["name"])
        g.share = float(s["share"]) / total
        g.zone_name = s.get("time_zone", doc["time_zone"])
        g.zone = ZoneInfo(g.zone_name)
        g.holidays = {h if isinstance(h, date) else date.fromisoformat(h) for h in s.get("holidays", [])}
        g.factor = s.get("uptake_factor", 1.0)
        need(isinstance(g.factor, (int, float)) and g.factor >= 0, "uptake_factor: laws are refused")

        if clock == "absolute":
            g.deadline = rel(dl["at"], "deadline")
        else:
            at = dl["at"]
            if isinstance(at, datetime):
                naive = at
            elif isinstance(at, date):
                naive = datetime(at.year, at.month, at.day)
            else:
                naive = naive_wall_clock(at, "deadline")
            need(naive.tzinfo is None, "an org-local deadline has no offset")
            g.deadline = (local_to_utc(naive, g.zone, "deadline") - as_of).total_seconds()
        need(0 <= g.deadline <= sc.horizon, "deadline before as_of or after the horizon")

        seg_pop = only(s.get("population", {}), ["last_refresh"], "segment.population")
        g.age = Law(seg_pop.get("last_refresh", pop.get("last_refresh", {"uniform": ["1h", "1400h"]})),
                    f"{g.id}: last_refresh", base_dir)
        base_rf = only(doc.get("refresh", {}), ["interval", "heartbeat"], "refresh")
        rf = only(s.get("refresh", {}), ["interval", "heartbeat"], "segment.refresh")
        g.interval = Law(rf.get("interval", base_rf.get("interval", "1400h")), f"{g.id}: interval", base_dir)
        need(g.interval.top > 0, "interval must be positive")
        hb = {**base_rf.get("heartbeat", {}), **rf.get("heartbeat", {})}
        g.coverage = rate(only(hb, ["coverage"], "heartbeat").get("coverage", 1.0), "coverage")

        g.recovery = None
        rv = {**doc.get("recovery", {}), **s.get("recovery", {})}
        if rv:
            only(rv, ["after", "office_hours"], "recovery")
            g.recovery = Law(rv["after"], f"{g.id}: recovery.after", base_dir)
            g.recovery_office = rv.get("office_hours", False)

        # this segment's controls, each kind sorted by instant
        over = s.get("event", {})
        only(over, [e["id"] for e in events], "segment.event")
        g.rotation, g.static, g.idle, g.reauth = [], [], [], []
        for e in events:
            o = only(over.get(e["id"], {}), ["token_rotation", "static_ip", "idle_timeout", "reauthorization"],
                     "segment.event")
            need(set(o) <= set(e), "segment overrides a control that the event lacks")

            def control(kind, keys):
                return only({**e[kind], **o.get(kind, {})}, keys, kind) if kind in e else None
            if (c := control("token_rotation", ["lost_token"])) is not None:
                g.rotation.append((e["t"], rate(c.get("lost_token", 0.0), "lost_token")))
            if (c := control("static_ip", ["mismatch"])) is not None:
                g.static.append((e["t"], rate(c.get("mismatch", 0.0), "mismatch")))
            if (c := control("idle_timeout", ["after", "retroactive"])) is not None:
                after = duration(c["after"], "idle_timeout.after")
                need(after > 0, "idle_timeout.after must be positive")
                g.idle.append((e["t"], after, c.get("retroactive", False)))
            if (c := control("reauthorization", ["required"])) is not None:
                g.reauth.append((e["t"], rate(c.get("required", 1.0), "required")))
        for lst in (g.rotation, g.static, g.idle, g.reauth):
            lst.sort(key=lambda x: x[0])                           # stable: equal instants keep the file's order
        end = max(sc.horizon, g.deadline, sc.window[1] if sc.window else 0.0)
        g.week = Week(as_of, g.zone, g.holidays, 0.0, end)
        sc.segments.append(g)

    # orgs of each segment: largest remainder
    exact = [g.share * orgs for g in sc.segments]
    count = [math.floor(x + 1e-9) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (-round(exact[i] - count[i], 9), i))
    for i in order[:orgs - sum(count)]:
        count[i] += 1
    for g, c in zip(sc.segments, count):
        g.count = c
    return sc


# ------------------------------------------------------------------------------------------------ the simulation

def value_in_force(events, t):
    """the value of the latest event at or before t, for each t; None where there is none -> 0"""
    times = np.array([e[0] for e in events])
    vals = np.array([0.0] + [e[1] for e in events])
    return vals[np.searchsorted(times, t, side="right")]


def idle_expiry(idle, last_use):
    """when an unused token times out, if nothing is done before: the earliest expiry of a timeout while it is in force"""
    best = np.full(len(last_use), INF)
    for k, (at, after, retroactive) in enumerate(idle):
        until = idle[k + 1][0] if k + 1 < len(idle) else INF       # replaced by the next one, from its instant on
        start = last_use if retroactive else np.maximum(last_use, at)
        t = np.maximum(np.maximum(start + after, at), 0.0)         # not before it is in force, nor before as_of
        best = np.where(t < until, np.minimum(best, t), best)
    return best


def simulate(sc, g, uptake, n, rng):
    """-> (failure time or inf, cause or -1, recovery delay or inf) of n orgs of segment g"""
    # ages the interval can never reach are left out, by conditioning
    age = g.age.draw(rng, n)
    for _ in range(100000):
        bad = age >= g.interval.top
        if not bad.any():
            break
        age[bad] = g.age.draw(rng, int(bad.sum()))
    else:
        raise Bad(f"{g.id}: no (or next to no) age that the interval can reach")
    last_use = -age                                                # last refresh or reconnect
    next_refresh = last_use + g.interval.draw_above(rng, age)      # first interval: I given I > A
    next_refresh = np.maximum(next_refresh, 0.0)                   # (rounding only)
    stale = np.zeros(n, bool)
    # lasting traits
    covered = rng.random(n) < g.coverage
    ip_u = rng.random(n)                                           # has a mismatch where ip_u < mismatch
    # reauthorizations: passed[:, k]
    passed = np.stack([last_use >= at for at, _ in g.reauth], axis=1) if g.reauth else np.zeros((n, 0), bool)
    # the planned reconnect
    reconnect = np.full(n, INF)
    if sc.window is not None and uptake is not None:
        acts = rng.random(n) < min(1.0, uptake * g.factor)         # propensity below the uptake
        m = int(acts.sum())
        if m:
            reconnect[acts] = draw_reconnect(rng, m, sc.timing, *sc.window, g.week)
    end = max(sc.horizon, g.deadline)

    fail_time = np.full(n, INF)
    cause = np.full(n, -1)
    live = np.arange(n)
    while len(live):
        tr, tc = next_refresh[live], reconnect[live]
        ti = np.where(covered[live], INF, idle_expiry(g.idle, last_use[live]))
        is_refresh = (tr <= tc) & (tr <= ti)                       # ties: refresh, reconnect, idle timeout
        is_reconnect = ~is_refresh & (tc <= ti)
        is_idle = ~is_refresh & ~is_reconnect
        t = np.minimum(np.minimum(tr, tc), ti)
        over = t > end                                             # nothing more that counts

        # --- idle timeout
        sel = is_idle & ~over
        fail_time[live[sel]], cause[live[sel]] = t[sel], IDLE

        # --- reconnect
        sel = is_reconnect & ~over
        who, tt = live[sel], t[sel]
        if len(who):
            for k, (at, _) in enumerate(g.reauth):
                passed[who, k] |= tt >= at
            ip_u[who] = INF
            stale[who] = False
            last_use[who] = tt
            next_refresh[who] = tt + g.interval.draw(rng, len(who))
            reconnect[who] = INF

        # --- refresh
        sel = is_refresh & ~over
        who, tt = live[sel], t[sel]
        if len(who):
            c = np.full(len(who), -1)
            c[stale[who]] = ROTATION                                                    # step 1
            c[(c < 0) & (ip_u[who] < value_in_force(g.static, tt))] = STATIC            # step 2 (0 where none in force)
            for k, (at, required) in enumerate(g.reauth):                               # step 3
                meets = (c < 0) & (tt >= at) & ~passed[who, k]
                fails = meets & (rng.random(len(who)) < required)
                passed[who[meets & ~fails], k] = True
                c[fails] = REAUTH
            dead = c >= 0
            fail_time[who[dead]], cause[who[dead]] = tt[dead], c[dead]
            who, tt = who[~dead], tt[~dead]                                             # step 4
            last_use[who] = tt
            next_refresh[who] = tt + g.interval.draw(rng, len(who))
            stale[who] = rng.random(len(who)) < value_in_force(g.rotation, tt)

        live = live[~over & (cause[live] < 0)]

    delay = g.recovery.draw(rng, n) if g.recovery else np.full(n, INF)
    return fail_time, cause, delay


def down_at(g, fail_time, delay, when):
    """failed at or before `when`, and not recovered at or before it"""
    failed = fail_time <= when
    if g.recovery is None:
        return failed
    if g.recovery_office:
        f = np.where(failed, fail_time, 0.0)
        back = g.week.clock(np.array([when]))[0] - g.week.clock(f) >= delay * 100.0
    else:
        back = fail_time + delay <= when
    return failed & ~back


# ------------------------------------------------------------------------------------------------ reporting

def run(path, total_orgs, seed, curve=0):
    sc = load(path)
    grid = [sc.horizon * (i + 1) / curve for i in range(curve)]
    out = {"scenario": os.path.basename(path), "title": sc.doc["title"], "orgs_simulated_per_uptake": total_orgs, "seed": seed,
           "as_of": sc.as_of.isoformat(), "orgs": sc.orgs, "segments": [
               {"id": g.id, "orgs": g.count, "time_zone": g.zone_name, "deadline_hours": g.deadline / H,
                "deadline_utc": (sc.as_of + timedelta(seconds=g.deadline)).isoformat()} for g in sc.segments],
           "horizon_hours": sc.horizon / H, "uptakes": []}
    for iu, u in enumerate(sc.uptakes):
        per_seg, weights, sizes = [], [], []
        for ig, g in enumerate(sc.segments):
            if g.count == 0:
                continue
            n = max(1000, round(total_orgs * g.count / sc.orgs))
            rng = np.random.default_rng([seed, iu, ig])
            ft, cause, delay = simulate(sc, g, u, n, rng)
            by_d, by_h = ft <= g.deadline, ft <= sc.horizon
            flags = {"failed_by_deadline": by_d, "down_at_deadline": down_at(g, ft, delay, g.deadline),
                     "failed_by_horizon": by_h}
            for k, name in enumerate(CAUSES):
                flags["by_cause." + name] = by_d & (cause == k)
                flags["by_cause_horizon." + name] = by_h & (cause == k)
            for i, w in enumerate(grid):
                flags[f"curve.{i}.failed"] = ft <= w
                flags[f"curve.{i}.down"] = down_at(g, ft, delay, w)
            per_seg.append((g.id, {k: float(v.mean()) for k, v in flags.items()}))
            weights.append(g.count / sc.orgs)
            sizes.append(n)

        def nested(stats):                                        # {"a.b": (p, se)} -> report
            r = {}
            for k, (p, se) in stats.items():
                v = {"mean": round(p, 7), "se": round(se, 7)}
                if k.startswith("curve."):
                    _, i, what = k.split(".")
                    r.setdefault("curve", {}).setdefault(i, {"hours": round(grid[int(i)] / H, 6)})[what] = v
                elif "." in k:
                    a, b = k.split(".")
                    r.setdefault(a, {})[b] = v
                else:
                    r[k] = v
            if "curve" in r:
                r["curve"] = list(r["curve"].values())
            return r
        total = {}
        for k in per_seg[0][1]:
            p = sum(w * s[k] for w, (_, s) in zip(weights, per_seg))
            var = sum(w * w * s[k] * (1 - s[k]) / n for w, (_, s), n in zip(weights, per_seg, sizes))
            total[k] = (p, math.sqrt(var))
        entry = {"uptake": u, **nested(total), "by_segment": {}}
        for (gid, s), n in zip(per_seg, sizes):
            entry["by_segment"][gid] = {"n": n, **nested({k: (p, math.sqrt(p * (1 - p) / n)) for k, p in s.items()})}
        out["uptakes"].append(entry)
    return out


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("scenario")
    ap.add_argument("--orgs", type=int, default=200_000, help="orgs simulated for each uptake")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--curve", type=int, default=0, help="also the two curves at this many instants up to the horizon")
    a = ap.parse_args()
    try:
        print(json.dumps(run(a.scenario, a.orgs, a.seed, a.curve), indent=1))
    except Bad as e:
        sys.exit(f"ref.py: {a.scenario}: {e}")
