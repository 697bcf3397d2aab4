# A small image that runs as nobody in particular:
#   docker build -t cutover .
#   docker run --rm -v "$PWD:/plans" cutover run plan.toml --out results

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# zstd of the Parquet reader is built of C.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY benches benches
COPY examples examples
COPY data data
COPY docs docs
COPY scenarios scenarios
COPY README.md LICENSE NOTICE ./
RUN cargo build --locked --release --bin cutover

# The C library and nothing else: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/cutover /usr/local/bin/cutover
COPY --from=build /src/LICENSE* /src/NOTICE* /usr/share/doc/cutover/
WORKDIR /plans
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/cutover"]
CMD ["--help"]
