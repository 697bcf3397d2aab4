#!/usr/bin/env python3
"""Reference Monte Carlo for MODEL.md as extended by POLICIES.md.  Plain and slow on purpose.

usage: python policies.py scenario.toml --orgs 100000 --seed 1 [--rollouts 4000] > out.json

Every org is simulated event by event (the loop in `simulate`); numpy only runs the orgs of one segment side by side.
Every org has its own stream of luck (a counter per org), so that a guarded run repeats the unguarded one up to the stop.
With a [guard], --rollouts whole rollouts of population.orgs orgs are simulated, and --orgs is not used."""
import argparse, json, math, os, sys, time
from datetime import timedelta
import numpy as np
from common import *

GOLD = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Luck:
    """one stream of uniform numbers on (0, 1) for each org"""

    def __init__(self, words, first, n):
        b = np.zeros(1, np.uint64)
        for w in words:
            b = mix(b * np.uint64(0xD1342543DE82EF95) + np.array([w + 1], np.uint64) * GOLD)
        self.key = mix(mix(b + np.arange(first, first + n, dtype=np.uint64) * np.uint64(0xA24BAED4963EE407)) ^ b)
        self.ctr = np.zeros(n, np.uint64)

    def part(self, idx):
        x = Luck.__new__(Luck)
        x.key, x.ctr = self.key[idx], np.zeros(len(idx), np.uint64)
        return x

    def u(self, idx):
        self.ctr[idx] += np.uint64(1)
        z = mix(self.key[idx] + self.ctr[idx] * GOLD)
        return ((z >> np.uint64(11)).astype(float) + 0.5) * 2.0 ** -53


def instants(sc, g, luck):
    """the orgs' own instants of every event: inst[event][org]; uses the place in line, each org's first draw"""
    n = len(luck.key)
    place = luck.u(np.arange(n))
    out = []
    for j, e in enumerate(sc.events):
        if g.at[j] is not None:
            t = np.full(n, g.at[j])
        elif e["wave_list"] is None:
            t = np.full(n, e["t"])
        else:
            t = np.full(n, INF)
            for at, cum in reversed(e["wave_list"]):               # the first written wave whose cumulative share exceeds it
                t[place < cum] = at
        out.append(t)
    return out


class Plan:
    """what each org's events are: instants, ends, and whether brownouts that begin after `cut` come"""

    def __init__(self, sc, inst):
        n = len(inst[0])
        self.inst = inst
        self.order = inst                                          # looks at one refresh are ordered by these (see NOTES)
        self.until = [np.full(n, e["until_t"]) for e in sc.events]
        self.heal = [e["heal"] for e in sc.events]
        self.cut = [np.full(n, INF) for _ in sc.events]
        self.lift = None                                           # (event, instant per org)

    def stopped(self, sc, idx, stop):
        """the plan of orgs idx under a guard that stops at `stop` (one instant per org)"""
        p = Plan.__new__(Plan)
        k = sc.guard.e
        p.order = [x[idx] for x in self.inst]
        p.inst = [x[idx] for x in self.inst]
        p.until = [x[idx] for x in self.until]
        p.cut = [x[idx] for x in self.cut]
        p.heal = list(self.heal)
        p.lift = None
        p.inst[k] = np.where(p.inst[k] > stop, INF, p.inst[k])
        p.cut[k] = stop
        if sc.guard.lift:
            need(sc.events[k]["until_t"] == INF, "this reference: no `until` in an event that a guard lifts")
            p.until[k], p.heal[k], p.lift = stop, True, (k, stop)
        return p


def simulate(sc, g, uptake, luck, plan):
    """-> failure time (inf: none), cause, event of the failure (-1: none), time of recovery, first disruption"""
    n = len(luck.key)
    everyone = np.arange(n)
    inst, until, E = plan.inst, plan.until, len(sc.events)
    comes = [inst[j] < until[j] for j in range(E)]                 # comes into force at all

    # ---- who the org is
    age = g.age.inv(luck.u(everyone))
    for _ in range(100000):                                        # ages the interval can never reach are left out
        bad = np.flatnonzero(age >= g.interval.top)
        if not len(bad):
            break
        age[bad] = g.age.inv(luck.u(bad))
    else:
        raise Bad("no age that the interval can reach")
    last_use = -age
    nref = np.maximum(last_use + g.interval.inv_above(luck.u(everyone), age), 0.0)
    covered = luck.u(everyone) < g.coverage
    ip_u = luck.u(everyone)
    conn = np.full(n, -INF)
    if g.connected is not None:
        conn = -np.maximum(age, g.connected.inv(luck.u(everyone)))
    elif g.life:
        conn = -age                                                # not needed by any rule then
    recon = np.full(n, INF)
    if g.timing is not None and uptake is not None:
        p = g.uptake if g.uptake is not None else min(1.0, uptake * g.factor)
        who = np.flatnonzero(luck.u(everyone) < p)
        recon[who] = g.timing.inv(luck.u(who), luck.u(who), luck.u(who))

    settled = []
    for r in g.re:
        t = inst[r.e]
        if r.once:
            settled.append(t < 0)                                  # past: nothing happens any more
        elif r.repeat:
            settled.append(np.zeros(n, bool))
        else:
            settled.append((t < 0) & (last_use >= t))
    counts = [np.minimum(r.counts, inst[r.e]) for r in g.re]

    # ---- idle timeouts and lifetimes: in force until ended or replaced
    def ends(controls):
        out = []
        for a, c in enumerate(controls):
            end = until[c.e].copy()
            for b, d in enumerate(controls):
                later = comes[d.e] & ((inst[d.e] > inst[c.e]) | ((inst[d.e] == inst[c.e]) & (b > a)))
                end = np.where(later, np.minimum(end, inst[d.e]), end)
            out.append(end)
        return out
    idle_end, life_end = ends(g.idle), ends(g.life)
    floor = np.zeros(n)

    def expiry(controls, end, start, idx):
        """-> when a clock runs out, if nothing comes between, and by which event"""
        best, ev = np.full(len(idx), INF), np.full(len(idx), -1)
        for c, stop in zip(controls, end):
            t0 = inst[c.e][idx]
            from_ = start[idx] if c.retro else np.maximum(start[idx], t0)
            t = np.maximum(np.maximum(from_ + c.after, t0), floor[idx])
            ok = comes[c.e][idx] & (t < stop[idx]) & (t < best)
            best[ok], ev[ok] = t[ok], c.e
        return best, ev

    def in_force(controls, idx, t):
        """-> index into controls of the one in force at t, or -1"""
        bi, bt, bu = np.full(len(idx), -1), np.full(len(idx), -INF), np.full(len(idx), -INF)
        for a, c in enumerate(controls):
            s = inst[c.e][idx]
            ok = comes[c.e][idx] & (s <= t) & (s >= bt)            # the latest; a tie: the later in the file
            bi[ok], bt[ok], bu[ok] = a, s[ok], until[c.e][idx][ok]
        return np.where(t < bu, bi, -1)

    def value(controls, which, name):
        v = np.array([getattr(c, name) for c in controls] + [0.0])
        return v[which]

    def event_of(controls, which):
        return np.array([c.e for c in controls] + [-1])[which]

    def required(r, t):
        return r.step_p[np.searchsorted(r.step_t, t, side="right")]

    def delay(idx, t):
        d = g.recovery.inv(luck.u(idx))
        return g.week.advance(t, d) if g.office else t + d

    # ---- state
    stale = np.zeros(n, bool)
    held, held_at = np.zeros(n, bool), np.zeros(n)
    warn, nudge = np.full(n, INF), np.full(n, INF)
    nend, nre, nlift = np.full(n, INF), np.full(n, -1), np.zeros(n, bool)
    now = np.zeros(n)
    fail_t, cause, fev = np.full(n, INF), np.full(n, -1), np.full(n, -1)
    rec_t, disr = np.full(n, INF), np.full(n, INF)
    once_done = {k: np.zeros(n, bool) for k, r in enumerate(g.re) if r.once}
    windows = [(k, a, b) for k, r in enumerate(g.re) if r.once for a, b in sc.events[r.e]["windows"] if a >= 0]
    window_done = [np.zeros(n, bool) for _ in windows]

    def fail(idx, t, c, ev):
        fail_t[idx], cause[idx], fev[idx] = t, c, ev
        if g.recovery is not None:
            rec_t[idx] = delay(idx, t)

    def refuse(k, idx, t):
        """a refused check of reauthorization k: on notice, or failed"""
        r = g.re[k]
        if r.grace <= 0:
            fail(idx, t, REAUTH, r.e)
            return
        held[idx] = False
        nend[idx], nre[idx] = t + r.grace, k
        if plan.lift is not None and plan.lift[0] == r.e:
            s = plan.lift[1][idx]
            nlift[idx] = t + r.grace > s
            nend[idx] = np.minimum(t + r.grace, s)
        if r.warned > 0:
            m = luck.u(idx) < r.warned
            w = idx[m]
            warn[w] = delay(w, t[m])

    def disrupt(k, idx, t):
        disr[idx] = np.minimum(disr[idx], t)
        q = g.nudge[g.re[k].e]
        if q > 0:
            m = luck.u(idx) < q
            w = idx[m]
            nudge[w] = np.minimum(nudge[w], delay(w, t[m]))

    def refresh(who, t):
        h, r0 = held[who], held_at[who]
        go = np.ones(len(who), bool)                               # still going through

        def part(m):
            return who[m], t[m]
        m = ~h & stale[who]                                        # 1. staleness
        if m.any():
            w, tt = part(m)
            fail(w, tt, ROTATION, event_of(g.rot, in_force(g.rot, w, tt)))
            go &= ~m
        if g.ip:                                                   # 2. static IP
            f = in_force(g.ip, who, t)
            m = go & ~h & (ip_u[who] < value(g.ip, f, "mismatch"))
            if m.any():
                w, tt = part(m)
                fail(w, tt, STATIC, event_of(g.ip, f[m]))
                go &= ~m
        if g.re:                                                   # 3. reauthorizations, those in force, then brownouts
            order = np.argsort(np.stack([plan.order[r.e][who] for r in g.re], axis=1), axis=1, kind="stable")
            for pos in range(len(g.re)):
                for k, r in enumerate(g.re):
                    if r.once:
                        continue
                    s = inst[r.e][who]
                    m = go & (order[:, pos] == k) & (s <= t) & (t < until[r.e][who]) & ~settled[k][who] & (~h | (s > r0))
                    if not m.any():
                        continue
                    w, tt = part(m)
                    no = luck.u(w) < required(r, tt)
                    if not r.repeat:
                        settled[k][w[~no]] = True
                    refuse(k, w[no], tt[no])
                    go[np.flatnonzero(m)[no]] = False
            for pos in range(len(g.re)):
                for k, r in enumerate(g.re):
                    if r.once:
                        continue
                    for a, b in sc.events[r.e]["windows"]:
                        s = inst[r.e][who]
                        m = (go & ~h & (order[:, pos] == k) & (a <= t) & (t < b) & (t < s) & ~settled[k][who]
                             & (a <= plan.cut[r.e][who]))
                        if not m.any():
                            continue
                        w, tt = part(m)
                        no = luck.u(w) < required(r, tt)
                        w, tt = w[no], tt[no]
                        held[w], held_at[w], nref[w] = True, tt, np.minimum(b, inst[r.e][w])
                        disrupt(k, w, tt)
                        go[np.flatnonzero(m)[no]] = False
        if g.rot and go.any():                                     # 4. race, new token
            w, tt = part(go)
            f = in_force(g.rot, w, tt)
            race = value(g.rot, f, "race")
            hit = luck.u(w) < race
            if hit.any():
                fail(w[hit], tt[hit], ROTATION, event_of(g.rot, f[hit]))
                go[np.flatnonzero(go)[hit]] = False
        w, tt = part(go)
        held[w] = False
        last_use[w] = tt
        nref[w] = tt + g.interval.inv(luck.u(w))
        if g.rot and len(w):
            stale[w] = luck.u(w) < value(g.rot, in_force(g.rot, w, tt), "lost")

    def reconnect(who, t):
        for k in range(len(g.re)):
            settled[k][who] |= t >= counts[k][who]
        on = who[nend[who] < INF]                                  # it settles the event of its notice, too
        for k in range(len(g.re)):
            settled[k][on[nre[on] == k]] = True
        recon[who] = np.where(recon[who] == t, INF, recon[who])
        warn[who] = nudge[who] = nend[who] = INF
        nlift[who] = held[who] = stale[who] = False
        ip_u[who] = INF
        last_use[who] = conn[who] = t
        nref[who] = t + g.interval.inv(luck.u(who))

    # ---- event by event
    live = everyone
    while len(live):
        on = nend[live] < INF
        cand = np.empty((7, len(live)))
        cand[0] = np.where(on, INF, nref[live])
        cand[1] = np.minimum(np.minimum(recon[live], warn[live]), nudge[live])
        cand[2] = nend[live]
        bk = np.full(len(live), -1)
        cand[3] = INF
        for k, done in once_done.items():
            e = g.re[k].e
            s = inst[e][live]
            ok = ~on & ~done[live] & comes[e][live] & ~settled[k][live] & (s >= now[live]) & (s < cand[3])
            cand[3][ok], bk[ok] = s[ok], k
        bw = np.full(len(live), -1)
        cand[4] = INF
        for i, (k, a, b) in enumerate(windows):
            e = g.re[k].e
            ok = (~on & ~window_done[i][live] & (a < inst[e][live]) & ~settled[k][live] & (a >= now[live]) & (a < cand[4])
                  & (a <= plan.cut[e][live]))
            cand[4][ok], bw[ok] = a, i
        t, le = expiry(g.life, life_end, conn, live) if g.life else (INF, None)
        cand[5] = np.where(on, INF, t)
        t, ie = expiry(g.idle, idle_end, last_use, live) if g.idle else (INF, None)
        cand[6] = np.where(on | held[live] | covered[live], INF, t)
        kind = np.argmin(cand, axis=0)                             # ties: the first rank
        t = cand[kind, np.arange(len(live))]
        kind[t > g.end] = -1
        now[live] = t

        m = kind == 0
        if m.any():
            refresh(live[m], t[m])
        m = kind == 1
        if m.any():
            reconnect(live[m], t[m])
        m = kind == 2
        if m.any():
            w, tt = live[m], t[m]
            up = nlift[w]
            fw = w[~up]
            fail(fw, tt[~up], REAUTH, np.array([r.e for r in g.re])[nre[fw]])
            uw = w[up]                                             # the guard lifted the event: the notice ends without failure
            nend[uw], warn[uw], nlift[uw] = INF, INF, False
            nref[uw] = np.maximum(nref[uw], tt[up])
            floor[uw] = tt[up]
        m = kind == 3
        for k, done in once_done.items():
            mk = m & (bk == k)
            if mk.any():
                w, tt = live[mk], t[mk]
                done[w] = True
                no = luck.u(w) < required(g.re[k], tt)
                settled[k][w[~no]] = True
                refuse(k, w[no], tt[no])
        m = kind == 4
        for i, (k, a, b) in enumerate(windows):
            mk = m & (bw == i)
            if mk.any():
                w, tt = live[mk], t[mk]
                window_done[i][w] = True
                no = luck.u(w) < required(g.re[k], tt)
                disrupt(k, w[no], tt[no])
        m = kind == 5
        if m.any():
            fail(live[m], t[m], LIFE, le[m])
        m = kind == 6
        if m.any():
            fail(live[m], t[m], IDLE, ie[m])
        live = live[(kind >= 0) & (cause[live] < 0)]

    # ---- healing
    for e in range(E):
        if plan.heal[e]:
            m = (fev == e) & (fail_t <= until[e]) & (rec_t > until[e])
            rec_t[m] = until[e][m]
    return fail_t, cause, fev, rec_t, disr


# ------------------------------------------------------------------------------------------------ reporting

def flags(sc, g, res, grid):
    """name -> bool per org"""
    ft, cause, fev, rec, disr = res
    by_d, by_h = ft <= g.deadline, ft <= sc.horizon
    f = {"failed_by_deadline": by_d, "down_at_deadline": by_d & (rec > g.deadline), "failed_by_horizon": by_h,
         "disrupted_by_deadline": disr <= np.minimum(g.deadline, ft)}
    for k, name in enumerate(CAUSES):
        f["by_cause." + name] = by_d & (cause == k)
        f["by_cause_horizon." + name] = by_h & (cause == k)
    for i, c in enumerate(g.checkpoints):
        f[f"checkpoints.{i}.failed"] = ft <= c
        f[f"checkpoints.{i}.down"] = (ft <= c) & (rec > c)
    for i, w in enumerate(grid):
        f[f"curve.{i}.failed"] = ft <= w
        f[f"curve.{i}.down"] = (ft <= w) & (rec > w)
    return f


def nested(sc, stats, grid):
    r = {}
    for k, (p, se) in stats.items():
        v = {"mean": round(p, 7), "se": round(se, 7)}
        part = k.split(".")
        if part[0] == "curve":
            r.setdefault("curve", {}).setdefault(part[1], {"hours": round(grid[int(part[1])] / H, 6)})[part[2]] = v
        elif part[0] == "checkpoints":
            r.setdefault("checkpoints", {}).setdefault(part[1], {"name": sc.checkpoints[int(part[1])][0]})[part[2]] = v
        elif len(part) == 2:
            r.setdefault(part[0], {})[part[1]] = v
        else:
            r[k] = v
    for k in ("curve", "checkpoints"):
        if k in r:
            r[k] = list(r[k].values())
    return r


SEGMENT_KEYS = ("failed_by_deadline", "down_at_deadline", "failed_by_horizon", "disrupted_by_deadline")


def plain_run(sc, iu, u, total_orgs, seed, grid):
    per_seg = []
    for ig, g in enumerate(sc.segments):
        if g.count == 0:
            continue
        n = max(1000, round(total_orgs * g.count / sc.orgs))
        luck = Luck([seed, iu, ig], 0, n)
        plan = Plan(sc, instants(sc, g, luck))
        f = flags(sc, g, simulate(sc, g, u, luck, plan), grid)
        per_seg.append((g, n, {k: float(v.mean()) for k, v in f.items()}))
    total = {}
    for k in per_seg[0][2]:
        p = sum(g.count / sc.orgs * s[k] for g, n, s in per_seg)
        var = sum((g.count / sc.orgs) ** 2 * s[k] * (1 - s[k]) / n for g, n, s in per_seg)
        total[k] = (p, math.sqrt(var))
    entry = {"uptake": u, **nested(sc, total, grid), "by_segment": {}}
    for g, n, s in per_seg:
        entry["by_segment"][g.id] = {"n": n, **nested(sc, {k: (s[k], math.sqrt(s[k] * (1 - s[k]) / n)) for k in SEGMENT_KEYS}, grid)}
    return entry


def guarded_run(sc, iu, u, rollouts, seed, grid, chunk=100):
    """whole rollouts: each unguarded first; if it is stopped, the same luck under the plan that stops there"""
    G = sc.guard
    acc = {"guarded": {}, "unguarded": {}}                         # name -> list of arrays (share per rollout)
    stops = []
    for first in range(0, rollouts, chunk):
        R = min(chunk, rollouts - first)
        failed, begun = np.zeros((len(G.checks), R)), np.zeros((len(G.checks), R))
        runs = []
        for ig, g in enumerate(sc.segments):
            if g.count == 0:
                continue
            n = R * g.count
            luck = Luck([seed, iu, ig], first * g.count, n)
            plan = Plan(sc, instants(sc, g, luck))
            res = simulate(sc, g, u, luck, plan)
            roll = np.arange(n) // g.count
            for c, at in enumerate(G.checks):
                failed[c] += np.bincount(roll[(res[2] == G.e) & (res[0] <= at)], minlength=R)
                begun[c] += np.bincount(roll[plan.inst[G.e] <= at], minlength=R)
            runs.append((g, luck, plan, res, roll))
        hit = failed > begun * G.limit / 100 if G.percent else failed > G.limit
        if G.percent:
            hit &= begun > 0
        which = np.where(hit.any(axis=0), hit.argmax(axis=0), -1)
        stops.append(which)
        stop_at = np.where(which >= 0, np.array(G.checks)[which] + G.delay, INF)
        for key in acc:
            sums = {}
            for g, luck, plan, res, roll in runs:
                if key == "guarded":
                    idx = np.flatnonzero(which[roll] >= 0)
                    if len(idx):
                        again = luck.part(idx)
                        again.u(np.arange(len(idx)))               # the place in line
                        part = simulate(sc, g, u, again, plan.stopped(sc, idx, stop_at[roll[idx]]))
                        # everything up to the stop is as it was
                        s = stop_at[roll[idx]]
                        old, new = res[0][idx], part[0]
                        need((np.where(old < s, old, INF) == np.where(new < s, new, INF)).all(), "the past has changed")
                        res = tuple(x.copy() for x in res)
                        for x, y in zip(res, part):
                            x[idx] = y
                for name, v in flags(sc, g, res, grid).items():
                    c = np.bincount(roll[v], minlength=R).astype(float)
                    sums[name] = sums.get(name, 0) + c
                    if name in SEGMENT_KEYS:
                        sums[f"segment/{g.id}/{name}"] = c / g.count * sc.orgs
            for name, c in sums.items():
                acc[key].setdefault(name, []).append(c / sc.orgs)
    which = np.concatenate(stops)
    out = {}
    for key, table in acc.items():
        st = {}
        for name, parts in table.items():
            x = np.concatenate(parts)
            st[name] = (float(x.mean()), float(x.std(ddof=1) / math.sqrt(len(x))))
        top = {k: v for k, v in st.items() if not k.startswith("segment/")}
        out[key] = {**nested(sc, top, grid), "by_segment": {}}
        for g in sc.segments:
            if g.count:
                out[key]["by_segment"][g.id] = {"n": rollouts * g.count, **nested(sc, {k: st[f"segment/{g.id}/{k}"] for k in SEGMENT_KEYS}, grid)}
    p = float((which >= 0).mean())
    by = [float((which == c).mean()) for c in range(len(G.checks))]
    return {"uptake": u, **out["guarded"],
            "guard": {"stopped": p, "by_check": by, "rollouts": rollouts, "stopped_se": round(math.sqrt(p * (1 - p) / rollouts), 7),
                      "by_check_se": [round(math.sqrt(q * (1 - q) / rollouts), 7) for q in by], "unguarded": out["unguarded"]}}


def run(path, total_orgs=100_000, seed=1, rollouts=4000):
    sc = load(path)
    grid = [12 * H * i for i in range(int(sc.horizon // (12 * H)) + 1)]
    started = time.time()
    out = {"scenario": os.path.basename(path), "title": sc.doc["title"], "orgs_simulated_per_uptake": total_orgs, "seed": seed,
           "as_of": sc.as_of.isoformat(), "orgs": sc.orgs, "segments": [
               {"id": g.id, "orgs": g.count, "time_zone": g.zone_name, "deadline_hours": g.deadline / H,
                "deadline_utc": (sc.as_of + timedelta(seconds=g.deadline)).isoformat(),
                "checkpoint_hours": [c / H for c in g.checkpoints]} for g in sc.segments],
           "horizon_hours": sc.horizon / H, "uptakes": []}
    if sc.guard:
        out["orgs_simulated_per_uptake"] = rollouts * sc.orgs
    for iu, u in enumerate(sc.uptakes):
        out["uptakes"].append(guarded_run(sc, iu, u, rollouts, seed, grid) if sc.guard else plain_run(sc, iu, u, total_orgs, seed, grid))
    print(f"{out['scenario']}: {time.time() - started:.1f} s", file=sys.stderr)
    return out


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("scenario")
    ap.add_argument("--orgs", type=int, default=100_000, help="orgs simulated for each uptake")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--rollouts", type=int, default=4000, help="with a guard: whole rollouts for each uptake")
    a = ap.parse_args()
    try:
        print(json.dumps(run(a.scenario, a.orgs, a.seed, a.rollouts), indent=1))
    except Bad as e:
        sys.exit(f"policies.py: {a.scenario}: {e}")
