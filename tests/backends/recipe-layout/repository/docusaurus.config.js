module.exports = { title: 'A book' };
