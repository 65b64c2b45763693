//! The whole program, from outside: the built `hookbench`, real sockets, a real database.

mod dispatching {
    mod crash;
    mod delivery;
    mod recovery;
    mod steering;
    mod storage;
}

mod doors {
    mod api;
    mod command;
    mod files;
    mod openapi;
}

mod investigating {
    mod diagnosis;
    mod why;
}

mod maintenance {
    mod credentials;
    mod erase;
    mod upkeep;
    #[cfg(feature = "window")]
    mod vault;
}

mod platforms {
    mod brands;
    mod shapes;
}

mod receiving {
    mod reach;
    mod receiver;
}
