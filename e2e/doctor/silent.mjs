// Listens to nothing and does not end.
console.log('connecting to the database')
setInterval(() => undefined, 1000)
