const express = require('express');

const API_URL = process.env.API_URL || 'http://localhost:8000';
express().get('/api/chat', (req, res) => res.redirect(API_URL + '/api/chat'));
