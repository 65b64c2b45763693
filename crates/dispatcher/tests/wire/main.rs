//! The wire against real sockets: what a peer does on one side, what is reported on the other.

#[cfg(test)]
mod blocked;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod going_away;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod reuse;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod tls;
