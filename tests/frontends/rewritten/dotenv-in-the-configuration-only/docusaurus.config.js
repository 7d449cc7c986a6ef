require('dotenv').config();

module.exports = { title: 'Book', baseUrl: '/' };
