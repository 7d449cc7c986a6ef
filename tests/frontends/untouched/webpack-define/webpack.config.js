module.exports = { plugins: [new DefinePlugin({ API_URL: JSON.stringify('http://localhost:8000') })] };
