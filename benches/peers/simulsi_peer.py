"""The question in SimulSI: a model with a process for each org and each admin, run as an experiment of many replications."""

from simulsi import Experiment, Interrupt, Scenario, Simulation, model
from simulsi.randomness import Uniform

from question import AGE, CLOSES, DEADLINE, INTERVAL, OPENS, ORGS, PKCE, run_peer

AGES = Uniform(*AGE)
RECONNECTS = Uniform(OPENS, CLOSES)


@model(duration=DEADLINE, parameters={"uptake": 0.5})
def cutover(sim: Simulation, p):
    ages, people = sim.stream("ages"), sim.stream("people")
    sim.metrics.increment("failed", 0)

    def org(sim):
        last_refresh = -AGES.sample(ages)
        established_before_pkce = True
        while True:
            try:
                yield last_refresh + INTERVAL - sim.now
            except Interrupt:
                established_before_pkce = sim.now < PKCE
            else:
                if sim.now >= PKCE and established_before_pkce:
                    sim.metrics.increment("failed")
                    return
            last_refresh = sim.now

    def admin(sim, connection):
        yield RECONNECTS.sample(people)
        if connection.is_alive:
            connection.interrupt()

    for _ in range(ORGS):
        connection = sim.process(org(sim))
        if people.bernoulli(p.uptake):
            sim.process(admin(sim, connection))


def simulate(uptake, seed, runs):
    scenario = Scenario("flagship", {"uptake": uptake})
    result = Experiment(cutover, scenario, replications=runs, seed=seed).run()
    return [record.metrics["failed"] for record in result.records]


if __name__ == "__main__":
    run_peer("simulsi", 20, simulate)
