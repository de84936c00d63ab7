// The part of the address behind # names a function of the API Shell. Browsers send it to no server, but keep it
// over the answer to a form whose own address has it.
document.getElementById("login").action = "/login" + location.hash;
