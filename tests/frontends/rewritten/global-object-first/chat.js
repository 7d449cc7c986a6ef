var config = {
  apiUrl: (window.CHAT && window.CHAT.apiUrl) || 'http://localhost:8000'
};
