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
    mod data_folder;
    mod erase;
    #[cfg(feature = "window")]
    mod vault;
}

mod platforms {
    mod brands;
    mod templates;
}

mod receiving {
    mod reach;
    mod receiver;
}
