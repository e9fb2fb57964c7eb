"""What each page does (页面处理): one module for each."""
